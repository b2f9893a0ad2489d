package io.parsecbackup.objectstore.content;

import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;

/** An object's bytes to send, hashed before the first one is sent. */
public sealed interface Payload {

  long size();

  String sha256();

  String md5();

  /** The bytes. */
  Body body();

  /** The value of {@code Content-MD5}. */
  default String contentMd5() {
    return Base64.getEncoder().encodeToString(HexFormat.of().parseHex(md5()));
  }

  /** Bytes in memory: the bytes that were hashed are sent. */
  @SuppressWarnings("ArrayRecordComponent") // nobody compares payloads
  record InMemory(byte[] bytes, String sha256, String md5) implements Payload {
    @Override
    public long size() {
      return bytes.length;
    }

    @Override
    public Body body() {
      return new Body.InMemory(bytes);
    }
  }

  /**
   * A part of a file, which is read a second time while it is sent. The server checks by the
   * digests whether it has changed.
   */
  record InFile(Path file, Body.View view, long size, String sha256, String md5)
      implements Payload {
    @Override
    public Body body() {
      return new Body.InFile(file, view, size);
    }
  }
}

package io.parsecbackup.repository.storage;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Digests as lower-case hex digits. */
public final class Sha256 {

  private Sha256() {}

  public static MessageDigest digest() {
    return digest("SHA-256");
  }

  /** MD5 does not protect against attackers, but ETags of S3 servers contain it. */
  public static MessageDigest md5() {
    return digest("MD5");
  }

  public static String hex(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest());
  }

  public static String of(byte[] bytes) {
    MessageDigest digest = digest();
    digest.update(bytes);
    return hex(digest);
  }

  public static String of(Path file) throws IOException {
    MessageDigest digest = digest();
    update(file, digest);
    return hex(digest);
  }

  /** Reads {@code in} to its end. */
  public static String of(InputStream in) throws IOException {
    MessageDigest digest = digest();
    update(in, digest);
    return hex(digest);
  }

  /** Reads {@code file} once and updates all {@code digests}. */
  public static void update(Path file, MessageDigest... digests) throws IOException {
    try (InputStream in = PlainFiles.open(file)) {
      update(in, digests);
    }
  }

  /** Reads {@code in} to its end and updates all {@code digests}. */
  public static void update(InputStream in, MessageDigest... digests) throws IOException {
    byte[] buffer = new byte[1 << 16];
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      for (MessageDigest digest : digests) {
        digest.update(buffer, 0, n);
      }
    }
  }

  private static MessageDigest digest(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no " + algorithm, e);
    }
  }
}

package io.parsecbackup.objectstore.bucket;

import io.parsecbackup.objectstore.content.Body;
import io.parsecbackup.objectstore.content.TransferException;
import io.parsecbackup.objectstore.content.TransferException.Kind;
import io.parsecbackup.objectstore.s3.BucketRequest;
import io.parsecbackup.repository.storage.Content;
import io.parsecbackup.repository.storage.NewFile;
import io.parsecbackup.repository.storage.Sha256;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Writes objects. Each has its SHA-256 with it: as S3's checksum, which the server compares with
 * the bytes, or as metadata if the server has no such checksums. In both cases the signature covers
 * the digest.
 */
public final class ObjectWriter {

  public static final String CHECKSUM = "x-amz-checksum-sha256";
  static final String METADATA = "x-amz-meta-sha256";

  private static final String CHECKSUM_MODE = "x-amz-checksum-mode";

  /** Whether the server has checksums. Its first answer tells. */
  private enum Checksums {
    UNKNOWN,
    SUPPORTED,
    NOT_SUPPORTED
  }

  private final BucketClient client;
  private final ObjectReader reader;
  private volatile Checksums checksums = Checksums.UNKNOWN;

  public ObjectWriter(BucketClient client, ObjectReader reader) {
    this.client = client;
    this.reader = reader;
  }

  /**
   * Stores an object in one request.
   *
   * @return its ETag; empty if the server does not send it
   * @throws TransferException of kind PRESENT when the condition is not met
   */
  public String put(String key, Content content, NewFile.Condition condition) throws IOException {
    BucketRequest request =
        withCondition(
            BucketRequest.of(HttpMethod.PUT, key).body(content.size(), content.sha256()),
            condition);
    AtomicInteger tries = new AtomicInteger();
    try {
      return store(request, content, tries).etag();
    } catch (TransferException e) {
      if (!isUnmet(e, condition)) {
        throw e;
      }
      // The answer to an earlier try may have been lost.
      if (tries.get() > 1 && has(key, content.sha256())) {
        return client.send(BucketRequest.of(HttpMethod.HEAD, key)).etag();
      }
      throw new TransferException(Kind.PRESENT, String.valueOf(e.getMessage()), e);
    }
  }

  public static BucketRequest withCondition(BucketRequest request, NewFile.Condition condition) {
    return switch (condition) {
      case NewFile.Always always -> request;
      case NewFile.AsFound found -> request;
      case NewFile.IfAbsent absent -> request.header("If-None-Match", "*");
      case NewFile.IfUnchanged(String tag) -> request.header("If-Match", '"' + tag + '"');
    };
  }

  /** A server answers 412, or 404 if there is no object that could be unchanged. */
  public static boolean isUnmet(TransferException failure, NewFile.Condition condition) {
    return switch (condition) {
      case NewFile.Always always -> false;
      case NewFile.AsFound found -> false;
      case NewFile.IfAbsent absent -> failure.kind() == Kind.PRESENT;
      case NewFile.IfUnchanged unchanged ->
          failure.kind() == Kind.PRESENT || failure.kind() == Kind.ABSENT;
    };
  }

  private Answer store(BucketRequest request, Content content, AtomicInteger tries)
      throws IOException {
    Body body =
        switch (content) {
          case Content.InMemory memory -> new Body.InMemory(memory.bytes());
          case Content.InFile file -> Body.InFile.part(file.file(), 0, file.size());
        };
    if (checksums != Checksums.NOT_SUPPORTED) {
      String checksum =
          Base64.getEncoder().encodeToString(HexFormat.of().parseHex(content.sha256()));
      try {
        Answer answer = client.send(request.header(CHECKSUM, checksum), body, tries);
        // A server without checksums may ignore the header.
        checksums =
            answer.header(CHECKSUM).isPresent() ? Checksums.SUPPORTED : Checksums.NOT_SUPPORTED;
        return answer;
      } catch (TransferException e) {
        boolean perhapsForTheHeader = e.kind() == Kind.UNSUPPORTED || e.kind() == Kind.REFUSED;
        if (checksums == Checksums.SUPPORTED || !perhapsForTheHeader) {
          throw e;
        }
      }
    }
    Answer answer =
        client.send(
            request.header(METADATA, content.sha256()).header("Content-MD5", md5(content)),
            body,
            tries);
    checksums = Checksums.NOT_SUPPORTED;
    return answer;
  }

  /** A bucket with Object Lock takes no object without a digest that it compares. */
  private static String md5(Content content) throws IOException {
    return switch (content) {
      case Content.InMemory memory -> md5(memory.bytes());
      case Content.InFile file -> {
        MessageDigest md5 = Sha256.md5();
        Sha256.update(file.file(), md5);
        yield Base64.getEncoder().encodeToString(md5.digest());
      }
    };
  }

  public static String md5(byte[] bytes) {
    MessageDigest md5 = Sha256.md5();
    md5.update(bytes);
    return Base64.getEncoder().encodeToString(md5.digest());
  }

  /** Whether the object with this key has these bytes. Reads it if the server does not tell. */
  boolean has(String key, String sha256) throws IOException {
    Answer head =
        client.send(BucketRequest.of(HttpMethod.HEAD, key).header(CHECKSUM_MODE, "ENABLED"));
    String checksum = head.header(CHECKSUM).orElse("");
    if (!checksum.isEmpty() && checksum.indexOf('-') < 0) {
      return HexFormat.of().formatHex(Base64.getDecoder().decode(checksum)).equals(sha256);
    }
    if (head.header(METADATA).isPresent()) {
      return head.header(METADATA).get().equals(sha256);
    }
    MessageDigest digest = Sha256.digest();
    try (InputStream in =
        new ResumingStream(
            reader, key, new ObjectReader.Part(key, head.etag(), 0, Long.MAX_VALUE))) {
      byte[] buffer = new byte[1 << 16];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digest.update(buffer, 0, n);
      }
    }
    return Sha256.hex(digest).equals(sha256);
  }
}

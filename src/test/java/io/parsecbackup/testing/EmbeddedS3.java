package io.parsecbackup.testing;

import io.parsecbackup.testing.awssdk.ConditionalBlobStore;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.HexFormat;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;

/**
 * An S3 server in this process, on 127.0.0.1: path-style, with checked signatures of version 4, in
 * any region. Objects live in memory; they outlast {@link #stop()}, not {@link #close()}.
 */
public final class EmbeddedS3 implements AutoCloseable {

  private static final String ACCESS_KEY = "parsec-access";

  // Kept in a field, because the log manager forgets the level of a logger that is not referenced.
  // Without a level it formats every debug message of the server, which costs more than the
  // request.
  private static final Logger SERVER_LOG = Logger.getLogger("org.gaul");

  static {
    SERVER_LOG.setLevel(Level.WARNING);
  }

  private final MemoryBlobStore store;
  // Characters that must be escaped in a shell, in a URI and in Parsec's grammar: code that forgets
  // it fails.
  private final String secretKey =
      HexFormat.of().formatHex(new SecureRandom().generateSeed(8)) + ":/+\\'$%";
  private URI endpoint;
  private S3Proxy server;

  private EmbeddedS3(MemoryBlobStore store) {
    this.store = store;
    endpoint = URI.create("http://127.0.0.1:0");
    server = build();
  }

  /** A running server without buckets. Like many, it does not support conditional writes. */
  public static EmbeddedS3 open() {
    return open(new MemoryBlobStore(Clock.systemUTC()));
  }

  /** As {@link #open()}, but it supports conditional writes. */
  public static EmbeddedS3 withConditions() {
    return open(new ConditionalBlobStore(Clock.systemUTC()));
  }

  private static EmbeddedS3 open(MemoryBlobStore store) {
    EmbeddedS3 s3 = new EmbeddedS3(store);
    s3.start();
    s3.endpoint = URI.create("http://127.0.0.1:" + s3.server.getPort());
    return s3;
  }

  private S3Proxy build() {
    return S3Proxy.builder()
        .endpoint(endpoint)
        .awsAuthentication(AuthenticationType.AWS_V4, ACCESS_KEY, secretKey)
        .blobStore(store)
        .ignoreUnknownHeaders(true)
        .build();
  }

  public URI endpoint() {
    return endpoint;
  }

  public String accessKey() {
    return ACCESS_KEY;
  }

  public String secretKey() {
    return secretKey;
  }

  /** The server accepts any region; AWS does not have this one. */
  public String region() {
    return "test-region-1";
  }

  /** A bucket of this server in Parsec's grammar: five fields, colons and backslashes escaped. */
  public String setting(String bucket) {
    return setting(endpoint.toString(), bucket);
  }

  /** As {@link #setting(String)}, for a program that reaches the server at another address. */
  String setting(String address, String bucket) {
    return String.join(
        ":", "s3", escape(address), escape(region()), bucket, ACCESS_KEY, escape(secretKey));
  }

  private static String escape(String field) {
    return field.replace("\\", "\\\\").replace(":", "\\:");
  }

  /** The bucket of this name, created if it is missing. */
  public S3Bucket bucket(String name) {
    return store.bucket(name);
  }

  /**
   * Serves the files in {@code folder} as a bucket of this name. A test can read, damage and remove
   * the objects as files.
   */
  public void folderBucket(String name, Path folder) {
    store.folderBucket(name, folder);
  }

  /**
   * The number of requests of this kind since the server was opened, without those with a wrong
   * signature. It counts requests for objects, listings and {@code HEAD} of a bucket, and as others
   * those of copies and of uploads in parts. Unlike {@link FaultyProxy} it costs nothing and
   * records no requests.
   */
  public long count(S3Request.Kind kind) {
    return store.asked(kind);
  }

  /** The bytes of objects that were sent since the server was opened. */
  public long sentBytes() {
    return store.sentBytes();
  }

  /** Starts the server again after {@link #stop()}, on the same port. */
  public void start() {
    try {
      server.start();
    } catch (Exception e) {
      throw new IllegalStateException("The S3 server did not start.", e);
    }
  }

  /** Refuses connections from now on and ends those that are open. */
  public void stop() {
    try {
      server.stop();
      server = build();
    } catch (Exception e) {
      throw new IllegalStateException("The S3 server did not stop.", e);
    }
  }

  @Override
  public void close() {
    stop();
  }

  @Override
  public String toString() {
    return "EmbeddedS3[" + endpoint + "]";
  }
}

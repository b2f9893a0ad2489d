package io.parsecbackup.testing;

import java.net.URI;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.HexFormat;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;

/**
 * An S3 server in this process, on 127.0.0.1: path-style, signatures of version 4 checked, any
 * region. Objects live in memory; they outlast {@link #stop()}, not {@link #close()}.
 */
public final class EmbeddedS3 implements AutoCloseable {

  private static final String ACCESS_KEY = "parsec-access";

  // Held, for the log manager forgets the level of a logger that nobody holds. Without a level it
  // formats every debug message of the server, which costs more than to serve the request.
  private static final Logger SERVER_LOG = Logger.getLogger("org.gaul");

  static {
    SERVER_LOG.setLevel(Level.WARNING);
  }

  private final MemoryBlobStore store = new MemoryBlobStore(Clock.systemUTC());
  // Signs that a shell, a URI and Parsec's grammar each have to escape: who forgets it finds out.
  private final String secretKey =
      HexFormat.of().formatHex(new SecureRandom().generateSeed(8)) + ":/+\\'$%";
  private URI endpoint;
  private S3Proxy server;

  private EmbeddedS3() {
    endpoint = URI.create("http://127.0.0.1:0");
    server = build();
  }

  /** A running server without buckets. */
  public static EmbeddedS3 open() {
    EmbeddedS3 s3 = new EmbeddedS3();
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

  /** Any region is right; this is one that AWS does not have. */
  public String region() {
    return "test-region-1";
  }

  /** A bucket, created when it is missing. */
  public S3Bucket bucket(String name) {
    return store.bucket(name);
  }

  /**
   * How many requests of this kind it was asked for since it was opened, signatures that are wrong
   * left out. It knows of those about objects, of listings and of {@code HEAD} of a bucket; unlike
   * {@link FaultyProxy} it costs nothing and keeps none of them.
   */
  public long count(S3Request.Kind kind) {
    return store.asked(kind);
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

package io.parsecbackup.testing;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;

/**
 * A bucket with a key that may not delete. Its objects are files in a folder, which a test may look
 * at and change.
 */
public final class ProtectedBucket implements AutoCloseable {

  /** The name of the bucket. */
  public static final String BUCKET = "protected";

  private static final String WRITER = "writer";
  private static final String PRUNER = "pruner";
  private static final String READER = "reader";

  private final Path folder;
  private final Path withAllRights;
  private final Path readOnly;
  private final Endpoint endpoint;
  private final AutoCloseable server;

  /**
   * Where the server is, and the key of its owner, who may do everything that Object Lock does not
   * forbid.
   */
  public record Endpoint(URI uri, String bucket, String key, String secret) {

    /** A client with this key. */
    public S3AsyncClient client() {
      return S3AsyncClient.builder()
          .endpointOverride(uri)
          .region(Region.US_EAST_1)
          .forcePathStyle(true)
          .credentialsProvider(
              StaticCredentialsProvider.create(AwsBasicCredentials.create(key, secret)))
          .build();
    }

    /** What the {@code aws} command needs of the environment. */
    public Map<String, String> environment() {
      return AwsCli.environment(key, secret, "us-east-1");
    }
  }

  private ProtectedBucket(Path folder, Endpoint endpoint, AutoCloseable server) {
    this.folder = folder;
    this.endpoint = endpoint;
    this.withAllRights = folder.resolveSibling("with-all-rights");
    this.readOnly = folder.resolveSibling("read-only");
    this.server = server;
  }

  /** The servers that refuse deletions. */
  public enum Server {
    /** A server in this process, behind a filter. */
    FILTER,
    /** A server that is not written in Java, with the policies in docs/operations.md. */
    VERSITYGW,
    /** The same with versions and Object Lock in compliance mode. */
    OBJECT_LOCK;

    /**
     * Starts it, or skips the test.
     *
     * @param scratch an empty folder
     */
    public ProtectedBucket start(Path scratch) throws IOException {
      return switch (this) {
        case FILTER -> filter(Files.createDirectories(scratch.resolve("bucket")));
        case VERSITYGW -> {
          VersityGw gateway = VersityGw.assumeInstalled(scratch);
          try (S3AsyncClient owner = gateway.client()) {
            owner.createBucket(request -> request.bucket(BUCKET)).join();
          }
          yield versitygw(gateway);
        }
        case OBJECT_LOCK -> {
          VersityGw gateway = VersityGw.assumeInstalled(scratch);
          gateway.createLockedBucket(BUCKET);
          yield versitygw(gateway);
        }
      };
    }
  }

  private static ProtectedBucket filter(Path folder) {
    EmbeddedS3 s3 = EmbeddedS3.withConditions();
    s3.folderBucket(BUCKET, folder);
    FaultyProxy deletes = FaultyProxy.before(s3.endpoint());
    deletes.when(ProtectedBucket::deletes, Fault.status(403));
    FaultyProxy writes = FaultyProxy.before(s3.endpoint());
    writes.when(
        request -> !request.method().equals("GET") && !request.method().equals("HEAD"),
        Fault.status(403));
    ProtectedBucket bucket =
        new ProtectedBucket(
            folder,
            new Endpoint(s3.endpoint(), BUCKET, s3.accessKey(), s3.secretKey()),
            () -> {
              deletes.close();
              writes.close();
              s3.close();
            });
    for (Map.Entry<Path, URI> place :
        Map.of(
                folder,
                deletes.endpoint(),
                bucket.withAllRights,
                s3.endpoint(),
                bucket.readOnly,
                writes.endpoint())
            .entrySet()) {
      RepositoryPlace.assign(
          place.getKey(),
          RepositoryPlace.setting(place.getValue(), BUCKET, s3.accessKey(), s3.secretKey()));
    }
    return bucket;
  }

  /** To end an upload in parts is no deletion: it is a right of its own. */
  private static boolean deletes(S3Request request) {
    boolean one =
        request.kind() == S3Request.Kind.DELETE_OBJECT && !request.target().contains("uploadId=");
    boolean several = request.method().equals("POST") && request.target().endsWith("?delete");
    return one || several;
  }

  private static ProtectedBucket versitygw(VersityGw server) throws IOException {
    Path folder = server.folderOf(BUCKET);
    ProtectedBucket bucket =
        new ProtectedBucket(
            folder,
            new Endpoint(server.endpoint(), BUCKET, VersityGw.ACCESS_KEY, VersityGw.SECRET_KEY),
            server);
    for (Map.Entry<Path, String> place :
        Map.of(folder, WRITER, bucket.withAllRights, PRUNER, bucket.readOnly, READER).entrySet()) {
      server.createUser(place.getValue());
      RepositoryPlace.assign(
          place.getKey(),
          RepositoryPlace.setting(
              server.endpoint(), BUCKET, place.getValue(), VersityGw.secretOf(place.getValue())));
    }
    server.allow(
        BUCKET,
        BucketPolicies.of(
            BUCKET,
            Map.of(
                WRITER, BucketPolicies.Key.WRITE_ONCE,
                PRUNER, BucketPolicies.Key.PRUNING,
                READER, BucketPolicies.Key.READING)));
    return bucket;
  }

  /** The folder with the objects. As a repository: the bucket, with the key that may not delete. */
  public Path folder() {
    return folder;
  }

  /** The name of the same repository with the pruning key. */
  public Path withAllRights() {
    return withAllRights;
  }

  /** The name of the same repository with the reading key. */
  public Path readOnly() {
    return readOnly;
  }

  /** The owner's access. */
  public Endpoint endpoint() {
    return endpoint;
  }

  /** The access with the key that may not delete. Not for a server with a filter. */
  public Endpoint writer() {
    return new Endpoint(endpoint.uri(), BUCKET, WRITER, VersityGw.secretOf(WRITER));
  }

  /** The access with the pruning key. Not for a server with a filter. */
  public Endpoint pruner() {
    return new Endpoint(endpoint.uri(), BUCKET, PRUNER, VersityGw.secretOf(PRUNER));
  }

  @Override
  public void close() throws Exception {
    server.close();
  }
}

package io.parsecbackup.testing;

import io.parsecbackup.parsec.Blockstore;
import io.parsecbackup.parsec.BlockstoreParser;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.MultipartUpload;

/** The server of the buckets of {@link RepositoryPlace}, for tests that are only about buckets. */
public final class BucketServer {

  private static final String KIND = "parsec.test.repository";

  private BucketServer() {}

  /**
   * Makes {@link RepositoryPlace} use buckets until it is closed, unless it does already. For a
   * class of tests that makes no sense for folders.
   */
  public static final class Use implements AutoCloseable {

    private final String before = System.getProperty(KIND, "");

    private Use() {
      if (RepositoryPlace.kind() == RepositoryPlace.Kind.FOLDER) {
        System.setProperty(KIND, RepositoryPlace.Kind.BUCKET.name());
      }
    }

    @Override
    public void close() {
      System.setProperty(KIND, before);
    }
  }

  public static Use use() {
    return new Use();
  }

  /** What a program on another machine has, in addition: another folder for its cache. */
  public static Map<String, String> elsewhere(Path cache) {
    return Map.of("PARSEC_TEST_CACHE", cache.toString());
  }

  /** What a program needs to reach the server through a proxy. */
  public static Map<String, String> through(URI proxy, Path repository) {
    Blockstore.S3 bucket = bucket(repository);
    return Map.of(
        "PARSEC_TEST_SERVER",
        String.join(" ", proxy.toString(), bucket.accessKey(), bucket.secretKey()));
  }

  public static URI endpoint(Path repository) {
    return URI.create(bucket(repository).endpoint().orElseThrow());
  }

  /** The keys of uploads in parts that were begun and have not ended. */
  public static List<String> unfinishedUploads(Path repository) {
    Blockstore.S3 bucket = bucket(repository);
    try (S3AsyncClient client =
        S3AsyncClient.builder()
            .endpointOverride(endpoint(repository))
            .region(Region.US_EAST_1)
            .forcePathStyle(true)
            .credentialsProvider(
                StaticCredentialsProvider.create(
                    AwsBasicCredentials.create(bucket.accessKey(), bucket.secretKey())))
            .build()) {
      return client
          .listMultipartUploads(request -> request.bucket(bucket.bucket()))
          .join()
          .uploads()
          .stream()
          .map(MultipartUpload::key)
          .toList();
    }
  }

  private static Blockstore.S3 bucket(Path repository) {
    return (Blockstore.S3) BlockstoreParser.parse(RepositoryPlace.setting(repository));
  }
}

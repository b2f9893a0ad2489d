package io.parsecbackup.bench;

import io.parsecbackup.testing.EmbeddedS3;
import io.parsecbackup.testing.VersityGw;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** An S3 server with a bucket for each copy. It has no other buckets. */
sealed interface BucketServer extends AutoCloseable {

  URI endpoint();

  String region();

  String accessKey();

  String secretKey();

  void create(String bucket) throws IOException;

  /** The number of objects under a prefix, which is empty or ends in a slash. */
  long objects(String bucket, String prefix) throws IOException;

  /** Deletes the objects. */
  void empty(String bucket) throws IOException;

  /** The requests since the server was opened. */
  Requests requests() throws IOException;

  /** The CPU time that the server has used outside of this process. */
  Duration cpuTime();

  @Override
  void close();

  /** The repository setting for a bucket, in Parsec's grammar. */
  default String setting(String bucket) {
    return String.join(
        ":",
        "s3",
        escape(endpoint().toString()),
        escape(region()),
        bucket,
        escape(accessKey()),
        escape(secretKey()));
  }

  private static String escape(String field) {
    return field.replace("\\", "\\\\").replace(":", "\\:");
  }

  /** The settings of rclone for a remote of that name, in capitals. */
  default Map<String, String> remote(String name) {
    return remote(name, endpoint(), region(), accessKey(), secretKey());
  }

  /** As {@link #remote(String)}, for any server. */
  static Map<String, String> remote(
      String name, URI endpoint, String region, String accessKey, String secretKey) {
    String prefix = "RCLONE_CONFIG_" + name + "_";
    return Map.of(
        prefix + "TYPE",
        "s3",
        prefix + "PROVIDER",
        "Other",
        prefix + "ENDPOINT",
        endpoint.toString(),
        prefix + "REGION",
        region,
        prefix + "ACCESS_KEY_ID",
        accessKey,
        prefix + "SECRET_ACCESS_KEY",
        secretKey);
  }

  /** S3Proxy in this process, with the objects in memory. */
  record InMemory(EmbeddedS3 s3) implements BucketServer {

    static InMemory start() {
      return new InMemory(EmbeddedS3.withConditions());
    }

    @Override
    public URI endpoint() {
      return s3.endpoint();
    }

    @Override
    public String region() {
      return s3.region();
    }

    @Override
    public String accessKey() {
      return s3.accessKey();
    }

    @Override
    public String secretKey() {
      return s3.secretKey();
    }

    @Override
    public void create(String bucket) {
      s3.bucket(bucket);
    }

    @Override
    public long objects(String bucket, String prefix) {
      return s3.bucket(bucket).list().stream().filter(key -> key.startsWith(prefix)).count();
    }

    @Override
    public void empty(String bucket) {
      s3.bucket(bucket).clear();
    }

    @Override
    public Requests requests() {
      return Requests.of(s3);
    }

    @Override
    public Duration cpuTime() {
      return Duration.ZERO;
    }

    @Override
    public void close() {
      s3.close();
    }
  }

  /** versitygw, a server in Go, with the objects in files. */
  record Gateway(VersityGw server, Path folder) implements BucketServer {

    /** {@code s3_PutObject}, in a line of its access log. */
    private static final Pattern REQUEST = Pattern.compile(" s3_([A-Za-z0-9]+) ");

    static Gateway start(Path folder) throws IOException {
      // Without --keep-alive it closes the connection after each request.
      return new Gateway(
          VersityGw.start(
              folder, "--keep-alive", "--access-log", folder.resolve("requests").toString()),
          folder);
    }

    @Override
    public URI endpoint() {
      return server.endpoint();
    }

    @Override
    public String region() {
      return "us-east-1";
    }

    @Override
    public String accessKey() {
      return VersityGw.ACCESS_KEY;
    }

    @Override
    public String secretKey() {
      return VersityGw.SECRET_KEY;
    }

    @Override
    public void create(String bucket) throws IOException {
      server.createBucket(bucket);
    }

    private Path place(String bucket) {
      return folder.resolve("buckets").resolve(bucket);
    }

    @Override
    public long objects(String bucket, String prefix) throws IOException {
      try (Stream<Path> files = Files.walk(place(bucket).resolve(prefix))) {
        return files.filter(Files::isRegularFile).count();
      }
    }

    @Override
    public void empty(String bucket) throws IOException {
      SyncBenchmark.delete(place(bucket));
      create(bucket);
    }

    /** Downloaded bytes are not known. */
    @Override
    public Requests requests() throws IOException {
      long[] counts = new long[5];
      try (Stream<String> lines = Files.lines(folder.resolve("requests"))) {
        lines.forEach(line -> {
          Matcher request = REQUEST.matcher(line);
          if (request.find()) {
            counts[kind(request.group(1))]++;
          }
        });
      }
      return new Requests(counts[0], counts[1], counts[2], counts[3], counts[4], 0);
    }

    private static int kind(String request) {
      return switch (request) {
        case "ListObjects", "ListObjectsV2" -> 0;
        case "GetObject" -> 1;
        case "HeadObject", "HeadBucket" -> 2;
        case "PutObject" -> 3;
        default -> 4;
      };
    }

    @Override
    public Duration cpuTime() {
      return server.cpuTime();
    }

    @Override
    public void close() {
      server.close();
    }
  }
}

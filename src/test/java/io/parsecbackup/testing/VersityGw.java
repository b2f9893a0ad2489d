package io.parsecbackup.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.ObjectLockEnabled;
import software.amazon.awssdk.services.s3.model.ObjectLockRetentionMode;

/**
 * An S3 server that is written in Go, with its objects in a folder. Tests over it are skipped if
 * the program is neither on the PATH nor named by VERSITYGW.
 */
public final class VersityGw implements AutoCloseable {

  public static final String ACCESS_KEY = "versity-access";
  public static final String SECRET_KEY = "versity-secret";

  private final Process process;
  private final int port;
  private final Path buckets;

  private VersityGw(Process process, int port, Path buckets) {
    this.process = process;
    this.port = port;
    this.buckets = buckets;
  }

  /** A running server without buckets, or skips the test. */
  public static VersityGw assumeInstalled(Path folder) throws IOException {
    assumeTrue(program().isPresent(), "versitygw is not installed");
    return start(folder);
  }

  /**
   * A running server without buckets.
   *
   * @param options further ones of the program
   */
  public static VersityGw start(Path folder, String... options) throws IOException {
    Optional<Path> program = program();
    Path buckets = Files.createDirectories(folder.resolve("buckets"));
    Path versions = Files.createDirectories(folder.resolve("versions"));
    Path users = Files.createDirectories(folder.resolve("users"));
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    List<String> arguments = new ArrayList<>();
    arguments.addAll(
        List.of(
            program.orElseThrow().toString(),
            "--quiet",
            "--port",
            "127.0.0.1:" + port,
            "--iam-dir",
            users.toString()));
    arguments.addAll(List.of(options));
    arguments.addAll(
        List.of(
            "posix", "--bucketlinks", "--versioning-dir", versions.toString(), buckets.toString()));
    ProcessBuilder command = new ProcessBuilder(arguments);
    command.environment().put("ROOT_ACCESS_KEY", ACCESS_KEY);
    command.environment().put("ROOT_SECRET_KEY", SECRET_KEY);
    Path log = folder.resolve("versitygw.log");
    Process process = command.redirectErrorStream(true).redirectOutput(log.toFile()).start();
    VersityGw server = new VersityGw(process, port, buckets);
    try {
      Awaitility.await().until(server::answers);
    } catch (RuntimeException e) {
      server.close();
      throw new IllegalStateException(Files.readString(log), e);
    }
    return server;
  }

  /** The program, if it is installed. */
  public static Optional<Path> program() {
    String named = System.getenv("VERSITYGW");
    Stream<Path> places =
        named != null
            ? Stream.of(Path.of(named))
            : Arrays.stream(System.getenv("PATH").split(":"))
                .map(folder -> Path.of(folder, "versitygw"));
    List<Path> found = places.filter(Files::isExecutable).toList();
    return found.stream().findFirst();
  }

  private boolean answers() {
    if (!process.isAlive()) {
      throw new IllegalStateException("versitygw ended with " + process.exitValue());
    }
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException starting) {
      return false;
    }
  }

  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + port);
  }

  /** Creates a bucket without versions and without Object Lock. */
  public void createBucket(String name) throws IOException {
    Files.createDirectory(buckets.resolve(name));
  }

  /** The folder with the objects of a bucket, those of older versions apart. */
  public Path folderOf(String bucket) {
    return buckets.resolve(bucket);
  }

  /** User and system time since it was started. */
  public Duration cpuTime() {
    return process.info().totalCpuDuration().orElseThrow();
  }

  /** Makes a folder the place of a bucket's objects. */
  public void linkBucket(String name, Path folder) throws IOException {
    Files.createDirectories(folder);
    Path link = buckets.resolve(name);
    if (!Files.exists(link)) {
      Files.deleteIfExists(link);
      Files.createSymbolicLink(link, folder.toAbsolutePath());
    }
  }

  /** Creates a bucket with Object Lock in compliance mode, for one day. */
  public void createLockedBucket(String name) {
    try (S3AsyncClient client = client()) {
      client.createBucket(request -> request.bucket(name).objectLockEnabledForBucket(true)).join();
      client
          .putObjectLockConfiguration(request ->
              request
                  .bucket(name)
                  .objectLockConfiguration(lock ->
                      lock.objectLockEnabled(ObjectLockEnabled.ENABLED)
                          .rule(rule ->
                              rule.defaultRetention(retention ->
                                  retention.mode(ObjectLockRetentionMode.COMPLIANCE).days(1)))))
          .join();
    }
  }

  /** A client of the owner, who may do everything that Object Lock does not forbid. */
  public S3AsyncClient client() {
    return S3AsyncClient.builder()
        .endpointOverride(endpoint())
        .region(Region.US_EAST_1)
        .forcePathStyle(true)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create(ACCESS_KEY, SECRET_KEY)))
        .build();
  }

  /** Creates a user without any right. Its secret is {@link #secretOf}. */
  public void createUser(String name) throws IOException {
    ProcessBuilder command =
        new ProcessBuilder(
            program().orElseThrow().toString(),
            "admin",
            "--allow-insecure",
            "--access",
            ACCESS_KEY,
            "--secret",
            SECRET_KEY,
            "--endpoint-url",
            endpoint().toString(),
            "create-user",
            "--access",
            name,
            "--secret",
            secretOf(name),
            "--role",
            "user");
    Process create = command.redirectErrorStream(true).start();
    String output = new String(create.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (create.waitFor() != 0) {
        throw new IllegalStateException(output);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** The secret key of a user. */
  public static String secretOf(String user) {
    return user + "-secret";
  }

  /** Gives a bucket a policy, in place of an earlier one. */
  public void allow(String bucket, String policy) {
    try (S3AsyncClient client = client()) {
      client.putBucketPolicy(request -> request.bucket(bucket).policy(policy)).join();
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}

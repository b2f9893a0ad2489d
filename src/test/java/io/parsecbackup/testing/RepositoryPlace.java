package io.parsecbackup.testing;

import static org.awaitility.Awaitility.await;

import io.parsecbackup.objectstore.lease.LeaseTimes;
import io.parsecbackup.objectstore.s3.Retries;
import io.parsecbackup.objectstore.s3.S3Clients;
import io.parsecbackup.objectstore.storage.BucketSetting;
import io.parsecbackup.objectstore.storage.BucketStorages;
import io.parsecbackup.objectstore.storage.OpenStorages;
import io.parsecbackup.objectstore.storage.RepositoryStorages;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.storage.PrivateFiles;
import io.parsecbackup.repository.storage.Storage;
import io.parsecbackup.repository.storage.folder.FolderStorage;
import io.parsecbackup.repository.storage.folder.StableStorage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * Where the repositories of tests are. A test names a folder. With {@code
 * -Dparsec.test.repository=bucket} or {@code versitygw} the program reaches this folder as a bucket
 * of an S3 server, which has its objects there as plain files. So a test that looks at, damages or
 * removes files serves for both.
 */
public final class RepositoryPlace {

  /** The kinds of places. */
  public enum Kind {
    FOLDER,
    /** A bucket of a server in this process. */
    BUCKET,
    /** A bucket of a server that is not written in Java. */
    VERSITYGW
  }

  private static final String KIND = "parsec.test.repository";
  private static final String KIND_VARIABLE = "PARSEC_TEST_REPOSITORY";
  private static final String SERVER_VARIABLE = "PARSEC_TEST_SERVER";
  private static final String CACHE_VARIABLE = "PARSEC_TEST_CACHE";
  private static final String ASSIGNED_VARIABLE = "PARSEC_TEST_PLACES";

  /** The settings of folders that tests have made buckets themselves. */
  private static final Map<Path, String> ASSIGNED = new ConcurrentHashMap<>(inherited());

  private static final String LEASE_VARIABLE = "PARSEC_TEST_LEASE";

  /**
   * Short, because a test that kills the program waits until the lease has run out. A slow machine
   * needs more: {@code -Dparsec.test.lease=15}, in seconds. Few tests make a bucket themselves;
   * they run beside all others, so they have more time.
   */
  private static final LeaseTimes LEASE = lease();

  /** A server that hangs must not make a test slow. */
  private static final Duration SILENCE = Duration.ofSeconds(5);

  private static final int TRANSFERS = 8;
  private static final long PART = 5L << 20;

  private RepositoryPlace() {}

  private static LeaseTimes lease() {
    String inherited = System.getenv(LEASE_VARIABLE);
    Duration lease =
        Duration.ofSeconds(
            Long.parseLong(
                inherited == null
                    ? System.getProperty("parsec.test.lease", kind() == Kind.FOLDER ? "12" : "6")
                    : inherited));
    return new LeaseTimes(lease, lease.dividedBy(6));
  }

  /** Where the repositories of this run are. */
  public static Kind kind() {
    String inherited = System.getenv(KIND_VARIABLE);
    String named = inherited == null ? System.getProperty(KIND, "") : inherited;
    return named.isBlank()
        ? Kind.FOLDER
        : Kind.valueOf(named.strip().toUpperCase(java.util.Locale.ROOT));
  }

  /**
   * Makes a folder the name of a repository in a bucket, whatever kind of places this run of the
   * tests uses. The bucket's objects need not be in that folder.
   *
   * @param setting the value of {@code parsec.backup.repository}
   */
  public static void assign(Path folder, String setting) {
    ASSIGNED.put(normal(folder), setting);
  }

  private static Path normal(Path folder) {
    return folder.toAbsolutePath().normalize();
  }

  private static Map<Path, String> inherited() {
    return System.getenv()
        .getOrDefault(ASSIGNED_VARIABLE, "")
        .lines()
        .map(line -> line.split("\t", 2))
        .collect(Collectors.toMap(parts -> Path.of(parts[0]), parts -> parts[1]));
  }

  private static boolean isFolder(Path folder) {
    return kind() == Kind.FOLDER && !ASSIGNED.containsKey(normal(folder));
  }

  /** What a program needs to use the same server: variables of its environment. */
  static Map<String, String> environment() {
    Map<String, String> environment = new TreeMap<>();
    environment.put(LEASE_VARIABLE, Long.toString(LEASE.lease().toSeconds()));
    if (!ASSIGNED.isEmpty()) {
      environment.put(
          ASSIGNED_VARIABLE,
          ASSIGNED.entrySet().stream()
              .map(place -> place.getKey() + "\t" + place.getValue())
              .collect(Collectors.joining("\n")));
      environment.put(CACHE_VARIABLE, Server.CACHE.toString());
    }
    if (kind() != Kind.FOLDER) {
      environment.put(KIND_VARIABLE, kind().name());
      environment.put(
          SERVER_VARIABLE,
          String.join(" ", server().endpoint().toString(), server().key(), server().secret()));
      environment.put(CACHE_VARIABLE, Server.CACHE.toString());
    }
    return environment;
  }

  /** The folder for scratch of the repository in {@code folder}. */
  public static Path scratch(Path folder) {
    if (isFolder(folder)) {
      return folder.resolve("tmp");
    }
    return PlainCore.repository(folder).storage().scratch();
  }

  /** Copies the scratch of a repository that was copied, if it is not in its folder. */
  static void copyScratch(Path from, Path to) throws IOException, InterruptedException {
    Path scratch = scratch(from);
    if (!isFolder(from) && Files.isDirectory(scratch)) {
      Path copy = scratch(to);
      PrivateFiles.createFolders(copy);
      Process cp = new ProcessBuilder("cp", "-a", scratch + "/.", copy.toString()).start();
      if (cp.waitFor() != 0) {
        throw new IOException("cannot copy " + scratch);
      }
    }
  }

  /**
   * Waits until a run can lock a repository whose last run was killed: until its lease has run out.
   */
  public static void awaitFree(Path folder) {
    if (isFolder(folder) || !Files.exists(folder)) {
      return;
    }
    Repository repository = PlainCore.repository(folder);
    await()
        .pollInterval(Duration.ofMillis(50))
        .pollDelay(Duration.ZERO)
        .atMost(Duration.ofSeconds(60))
        .ignoreExceptions()
        .until(() -> {
          repository.lock("a test").close();
          return true;
        });
  }

  /** The value of {@code parsec.backup.repository} for the repository in {@code folder}. */
  public static String setting(Path folder) {
    String assigned = ASSIGNED.get(normal(folder));
    if (assigned != null) {
      return assigned;
    }
    return switch (kind()) {
      case FOLDER -> folder.toString();
      case BUCKET, VERSITYGW ->
          setting(
              server().endpoint(), server().bucketOf(folder), server().key(), server().secret());
    };
  }

  /** The value of {@code parsec.backup.repository} for a bucket. */
  public static String setting(URI endpoint, String bucket, String key, String secret) {
    return String.join(
        ":",
        "s3",
        escaped(endpoint.toString()),
        "us-east-1",
        bucket,
        escaped(key),
        escaped(secret));
  }

  /** Opens repositories, and announces their steps as {@code folders} does. */
  static RepositoryStorages storages(StableStorage folders, S3Clients clients) {
    OpenStorages usual =
        new OpenStorages(
            new BucketStorages(
                clients.withSilence(SILENCE),
                Map.of(),
                new BucketStorages.Options(
                    TRANSFERS,
                    PART,
                    new Retries(4, Duration.ofMillis(10), Duration.ofMillis(100)),
                    LEASE,
                    OptionalLong.empty())),
            Server.CACHE);
    return new RepositoryStorages() {
      @Override
      public Storage folder(Path folder) {
        return new FolderStorage(folder, folders);
      }

      @Override
      public Storage bucket(BucketSetting setting) {
        return new CheckpointedStorage(usual.bucket(setting), folders.checkpoint());
      }
    };
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\\\").replace(":", "\\:");
  }

  private static Server server() {
    return Running.SERVER;
  }

  /** The server of this process, or that of the process which started this one. */
  private static final class Running {
    static final Server SERVER = Server.open();
  }

  /** A server whose buckets are folders. */
  private interface Server {

    Path CACHE = cache();

    URI endpoint();

    String key();

    String secret();

    /** The bucket whose objects are in that folder. */
    String bucketOf(Path folder);

    static Server open() {
      String inherited = System.getenv(SERVER_VARIABLE);
      if (inherited != null) {
        String[] parts = inherited.split(" ", 3);
        return new Inherited(URI.create(parts[0]), parts[1], parts[2]);
      }
      return switch (kind()) {
        case BUCKET -> new InProcess(EmbeddedS3.withConditions());
        case VERSITYGW -> Gateway.start();
        case FOLDER -> throw new IllegalStateException("these tests need no server");
      };
    }

    private static Path cache() {
      String inherited = System.getenv(CACHE_VARIABLE);
      try {
        return inherited == null
            ? Files.createTempDirectory("repository-cache-")
            : Path.of(inherited);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    static String name(Path folder) {
      return "repository-"
          + Integer.toUnsignedString(folder.toAbsolutePath().normalize().hashCode(), 36);
    }
  }

  private record Inherited(URI endpoint, String key, String secret) implements Server {
    @Override
    public String bucketOf(Path folder) {
      return Server.name(folder);
    }
  }

  private record InProcess(EmbeddedS3 s3) implements Server {
    @Override
    public URI endpoint() {
      return s3.endpoint();
    }

    @Override
    public String key() {
      return s3.accessKey();
    }

    @Override
    public String secret() {
      return s3.secretKey();
    }

    @Override
    public String bucketOf(Path folder) {
      s3.folderBucket(Server.name(folder), folder.toAbsolutePath().normalize());
      return Server.name(folder);
    }
  }

  private record Gateway(VersityGw server) implements Server {

    static Gateway start() {
      try {
        VersityGw server = VersityGw.start(Files.createTempDirectory("versitygw-"));
        Runtime.getRuntime().addShutdownHook(new Thread(server::close));
        return new Gateway(server);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public URI endpoint() {
      return server.endpoint();
    }

    @Override
    public String key() {
      return VersityGw.ACCESS_KEY;
    }

    @Override
    public String secret() {
      return VersityGw.SECRET_KEY;
    }

    @Override
    public String bucketOf(Path folder) {
      try {
        server.linkBucket(Server.name(folder), folder);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return Server.name(folder);
    }
  }
}

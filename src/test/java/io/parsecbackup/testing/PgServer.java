package io.parsecbackup.testing;

import io.parsecbackup.postgres.CommitHorizon;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** The processes and files of one PostgreSQL server. */
final class PgServer implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final Path MEMORY = Path.of("/dev/shm");
  private static final long ENOUGH = 2L << 30;

  private static final List<String> INITDB =
      List.of(
          "--auth=scram-sha-256",
          "--encoding=UTF8",
          System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("linux")
              ? "--locale=C.UTF-8"
              : "--locale=C",
          "--no-sync");

  private final PgBinaries binaries;
  private final PgAccount account;
  private final Path base;
  private final Path sockets;
  private final List<String> settings;
  private final Thread atExit = new Thread(this::closeNow, "postgres-at-exit");
  private @Nullable Process postmaster;
  private @Nullable Process cleaner;
  private boolean closed;

  private PgServer(
      PgBinaries binaries, PgAccount account, Path base, Path sockets, List<String> settings) {
    this.binaries = binaries;
    this.account = account;
    this.base = base;
    this.sockets = sockets;
    this.settings = settings;
  }

  /** Creates the server's files; {@link #start()} starts it. */
  static PgServer create(
      PgBinaries binaries,
      Optional<Path> directory,
      String superuser,
      String password,
      List<String> settings,
      boolean ownCluster) {
    PgAccount account = PgAccount.find();
    try {
      Path parent = directory.map(Path::toAbsolutePath).orElseGet(PgServer::memory);
      Files.createDirectories(parent);
      Path reached = account.reaches(parent) ? parent : temporary();
      Path base = Files.createTempDirectory(reached, "postgres-");
      // Not in the data folder: a socket's path has at most 107 bytes.
      Path sockets = Files.createTempDirectory(temporary(), "pgs-");
      account.own(base);
      account.own(sockets);
      PgServer server = new PgServer(binaries, account, base, sockets, settings);
      Runtime.getRuntime().addShutdownHook(server.atExit);
      try {
        if (ownCluster) {
          server.initdb(server.data(), superuser, password);
        } else {
          server.copyCluster(superuser, password);
        }
      } catch (RuntimeException | IOException e) {
        server.close();
        throw e;
      }
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Creates a standby's files as a copy of a stopped server's files; both servers can be started
   * afterwards.
   *
   * @param primary the connection string with which the standby connects to its primary
   */
  static PgServer standbyOf(PgServer server, String primary, List<String> settings) {
    List<String> all = new ArrayList<>(settings);
    all.addAll(List.of("-c", "primary_conninfo=" + primary));
    return server.copy(server.data(), "standby.signal", all);
  }

  /**
   * Creates the files of a server that recovers the copy of {@link #keepCopy} with the WAL that
   * this server has archived since, as a tool for physical backups does.
   */
  PgServer recovered(Instant target, List<String> settings) {
    List<String> all = new ArrayList<>(settings);
    all.addAll(
        List.of(
            "-c", "restore_command=cp " + base + "/archive/%f %p",
            "-c", "recovery_target_time=" + CommitHorizon.recoveryTarget(target),
            "-c", "recovery_target_action=promote"));
    return copy(kept(), "recovery.signal", all);
  }

  /** Keeps a copy of this stopped server's files. */
  void keepCopy() {
    try {
      run(launch("cp", "-R", data().toString(), kept().toString()), "keeping a copy");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path kept() {
    return base.resolve("kept");
  }

  private PgServer copy(Path files, String signal, List<String> all) {
    try {
      Path place = Files.createTempDirectory(base.getParent(), "copy-");
      Path sockets = Files.createTempDirectory(temporary(), "pgs-");
      account.own(place);
      account.own(sockets);
      PgServer copied = new PgServer(binaries, account, place, sockets, all);
      Runtime.getRuntime().addShutdownHook(copied.atExit);
      Process copy =
          copied.launch(
              "sh",
              "-c",
              "cp -R \"$1\" \"$2\" && chmod -R go= \"$2\" && : >\"$2/$3\"",
              "sh",
              files.toString(),
              copied.data().toString(),
              signal);
      copied.run(copy, "copying a server");
      return copied;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path sockets() {
    return sockets;
  }

  /**
   * A file system in memory if the machine has one with enough space, otherwise the temporary
   * folder. Each database has 300 files: on some disks, the kernel needs as much time to find free
   * inodes for them, after those of the last database were freed, as the server needs for its work.
   */
  private static Path memory() {
    try {
      if (Files.getFileStore(MEMORY).type().equals("tmpfs")
          && Files.getFileStore(MEMORY).getUsableSpace() >= ENOUGH
          && Files.isWritable(MEMORY)) {
        return MEMORY;
      }
    } catch (IOException notThere) {
      // As below.
    }
    return temporary();
  }

  private static Path temporary() {
    return Path.of(System.getProperty("java.io.tmpdir"));
  }

  private Path data() {
    return base.resolve("data");
  }

  private Path log() {
    return base.resolve("postgres.log");
  }

  /**
   * Copies a cluster that {@code initdb} made once, and gives the superuser a password of its own:
   * a tenth of the time that {@code initdb} takes. All copies have the same system identifier.
   */
  private void copyCluster(String superuser, String password) throws IOException {
    Path cluster = cluster(superuser);
    run(launch("cp", "-R", cluster.toString(), data().toString()), "copying a cluster");
    Path statement =
        secret("ALTER ROLE %s PASSWORD '%s'\n".formatted(superuser, password.replace("'", "''")));
    ProcessBuilder single =
        builder(
            binaries.program("postgres"), "--single", "-F", "-D", data().toString(), "postgres");
    run(single.redirectInput(statement.toFile()).start(), "setting the password");
    // It exits with 0 also if a statement fails.
    if (Files.readString(log()).contains("ERROR:")) {
      throw new IllegalStateException("setting the password failed: " + Files.readString(log()));
    }
    Files.delete(statement);
  }

  /** Where {@code initdb} has made a cluster for copies; it is kept for the next test run. */
  private Path cluster(String superuser) throws IOException {
    Path home = binaries.home();
    String name = home.getFileName() + "-" + superuser + "-" + INITDB.hashCode() + account.suffix();
    Path kept = home.resolveSibling(name);
    Path cluster = kept.resolve("data");
    if (Files.exists(cluster.resolve("global/pg_control"))) {
      return cluster;
    }
    Path making = Files.createDirectory(base.resolve("cluster"));
    account.own(making);
    initdb(making.resolve("data"), superuser, "copies get another one");
    Path scratch = Files.createTempDirectory(kept.getParent(), "cluster-");
    account.own(scratch);
    Files.setPosixFilePermissions(scratch, PosixFilePermissions.fromString("rwxr-xr-x"));
    run(
        launch("cp", "-R", making.resolve("data").toString(), scratch.toString()),
        "keeping a cluster");
    try {
      Files.move(scratch, kept, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException taken) {
      // Another test run was faster: its cluster is as good.
      Folders.delete(scratch);
      if (!Files.exists(cluster.resolve("global/pg_control"))) {
        throw taken;
      }
    }
    Folders.delete(making);
    return cluster;
  }

  private void initdb(Path data, String superuser, String password) throws IOException {
    Path secret = secret(password + "\n");
    List<String> command = new ArrayList<>(INITDB);
    command.addFirst(binaries.program("initdb"));
    command.addAll(List.of("--pgdata=" + data, "--username=" + superuser, "--pwfile=" + secret));
    run(launch(command.toArray(String[]::new)), "initdb");
    Files.delete(secret);
  }

  /** A file with {@code text} that only the server's user can read. */
  private Path secret(String text) throws IOException {
    Path secret =
        Files.createFile(
            base.resolve("password"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(secret, text);
    account.own(secret);
    return secret;
  }

  private void run(Process process, String what) throws IOException {
    if (!waitFor(process) || process.exitValue() != 0) {
      throw new IllegalStateException(what + " failed: " + Files.readString(log()));
    }
  }

  synchronized void start() {
    if (postmaster != null && postmaster.isAlive()) {
      return;
    }
    List<String> command = new ArrayList<>();
    command.addAll(List.of(binaries.program("postgres"), "-D", data().toString()));
    command.addAll(List.of("-c", "unix_socket_directories=" + sockets));
    command.addAll(settings);
    try {
      // A killed server leaves its pid file, which would look like that of this server.
      Files.deleteIfExists(data().resolve("postmaster.pid"));
      Process process = launch(command.toArray(String[]::new));
      postmaster = process;
      cleaner = startCleaner(process.pid());
      Awaitility.await("PostgreSQL")
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(10))
          .atMost(PATIENCE)
          .until(() -> !process.isAlive() || isReady());
      if (!process.isAlive()) {
        throw new IllegalStateException("PostgreSQL did not start: " + Files.readString(log()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Line 8 of its pid file holds the server's state, from PostgreSQL 10 on. */
  private boolean isReady() {
    try {
      List<String> lines = Files.readAllLines(data().resolve("postmaster.pid"));
      return lines.size() >= 8 && lines.get(7).strip().equals("ready");
    } catch (IOException notYet) {
      return false;
    }
  }

  /** Starts a process that outlives this JVM, stops the server and removes its files. */
  private Process startCleaner(long pid) throws IOException {
    // Also check the pid file: without a parent that reaps it, an ended server keeps its process
    // id.
    String script =
        """
        read _
        kill -INT $1
        while kill -0 $1 2>&- && [ -e "$2/data/postmaster.pid" ]; do sleep 0.1; done
        rm -rf -- "$2" "$3"
        """;
    return new ProcessBuilder(
            "sh", "-c", script, "sh", Long.toString(pid), base.toString(), sockets.toString())
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  synchronized void stop() {
    if (postmaster != null && postmaster.isAlive()) {
      // A fast shutdown; the signal of Java's destroy() would wait until every client disconnects.
      try {
        waitFor(launch("sh", "-c", "kill -INT \"$1\"", "sh", Long.toString(postmaster.pid())));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      if (!waitFor(postmaster)) {
        kill();
      }
    }
    stopCleaner();
  }

  synchronized void kill() {
    if (postmaster != null) {
      List<ProcessHandle> all = postmaster.descendants().toList();
      postmaster.destroyForcibly();
      all.forEach(ProcessHandle::destroyForcibly);
      all.forEach(child -> child.onExit().join());
      waitFor(postmaster);
    }
    stopCleaner();
  }

  private void stopCleaner() {
    if (cleaner != null) {
      cleaner.destroyForcibly();
      waitFor(cleaner);
    }
    postmaster = null;
    cleaner = null;
  }

  @Override
  public void close() {
    closeNow();
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException exiting) {
      // The shutdown hook itself is running.
    }
  }

  private synchronized void closeNow() {
    if (!closed) {
      closed = true;
      stop();
      Folders.delete(base);
      Folders.delete(sockets);
    }
  }

  private Process launch(String... command) throws IOException {
    return builder(command).start();
  }

  private ProcessBuilder builder(String... command) {
    ProcessBuilder builder = new ProcessBuilder(account.command(List.of(command)));
    builder.directory(base.toFile());
    builder.redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
    builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
    builder.environment().put("LC_ALL", "C");
    builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
    return builder;
  }

  /** Whether the process ended in time. An interrupt does not shorten the wait. */
  private static boolean waitFor(Process process) {
    boolean interrupted = false;
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    try {
      while (true) {
        try {
          return process.waitFor(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}

package io.parsecbackup.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
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

  private final PgBinaries binaries;
  private final PgAccount account;
  private final Path base;
  private final Path sockets;
  private final List<String> settings;
  private final Thread atExit = new Thread(this::closeNow, "postgres-at-exit");
  private @Nullable Process postmaster;
  private @Nullable Process mourner;
  private boolean closed;

  private PgServer(
      PgBinaries binaries, PgAccount account, Path base, Path sockets, List<String> settings) {
    this.binaries = binaries;
    this.account = account;
    this.base = base;
    this.sockets = sockets;
    this.settings = settings;
  }

  /** Makes the server's files; {@link #start()} starts it. */
  static PgServer create(
      PgBinaries binaries,
      Optional<Path> directory,
      String superuser,
      String password,
      List<String> settings) {
    PgAccount account = PgAccount.find();
    try {
      Path parent = directory.map(Path::toAbsolutePath).orElseGet(PgServer::temporary);
      Files.createDirectories(parent);
      Path reached = account.reaches(parent) ? parent : temporary();
      Path base = Files.createTempDirectory(reached, "postgres-");
      // Not in there: a socket's path may be 107 bytes long.
      Path sockets = Files.createTempDirectory(temporary(), "pgs-");
      account.own(base);
      account.own(sockets);
      PgServer server = new PgServer(binaries, account, base, sockets, settings);
      Runtime.getRuntime().addShutdownHook(server.atExit);
      try {
        server.initialize(superuser, password);
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
   * Makes a standby's files as a copy of a stopped server's; both can be started then.
   *
   * @param primary where the standby connects to, as libpq writes it
   */
  static PgServer standbyOf(PgServer server, String primary, List<String> settings) {
    try {
      Path base = Files.createTempDirectory(server.base.getParent(), "standby-");
      Path sockets = Files.createTempDirectory(temporary(), "pgs-");
      server.account.own(base);
      server.account.own(sockets);
      List<String> all = new ArrayList<>(settings);
      all.addAll(List.of("-c", "primary_conninfo=" + primary));
      PgServer standby = new PgServer(server.binaries, server.account, base, sockets, all);
      Runtime.getRuntime().addShutdownHook(standby.atExit);
      Process copy =
          standby.launch(
              "sh",
              "-c",
              "cp -R \"$1\" \"$2\" && chmod -R go= \"$2\" && : >\"$2/standby.signal\"",
              "sh",
              server.data().toString(),
              standby.data().toString());
      if (!waitFor(copy) || copy.exitValue() != 0) {
        throw new IllegalStateException("no copy: " + Files.readString(standby.log()));
      }
      return standby;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path sockets() {
    return sockets;
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

  private void initialize(String superuser, String password) throws IOException {
    Path secret =
        Files.createFile(
            base.resolve("password"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(secret, password + "\n");
    account.own(secret);
    boolean linux = System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("linux");
    Process initdb =
        launch(
            binaries.program("initdb"),
            "--pgdata=" + data(),
            "--username=" + superuser,
            "--pwfile=" + secret,
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=" + (linux ? "C.UTF-8" : "C"),
            "--no-sync");
    waitFor(initdb);
    Files.delete(secret);
    if (initdb.exitValue() != 0) {
      throw new IllegalStateException("initdb failed: " + Files.readString(log()));
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
      // What a killed server left would look like this one's.
      Files.deleteIfExists(data().resolve("postmaster.pid"));
      Process process = launch(command.toArray(String[]::new));
      postmaster = process;
      mourner = mourn(process.pid());
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

  /** Outlives this JVM for as long as it takes to end the server and to remove its files. */
  private Process mourn(long pid) throws IOException {
    // Its pid file too, since nobody may be left to reap the server.
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
      // The fast way out; what Java's destroy() sends would wait for every client to leave.
      try {
        waitFor(launch("sh", "-c", "kill -INT \"$1\"", "sh", Long.toString(postmaster.pid())));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      if (!waitFor(postmaster)) {
        kill();
      }
    }
    bury();
  }

  synchronized void kill() {
    if (postmaster != null) {
      List<ProcessHandle> all = postmaster.descendants().toList();
      postmaster.destroyForcibly();
      all.forEach(ProcessHandle::destroyForcibly);
      all.forEach(child -> child.onExit().join());
      waitFor(postmaster);
    }
    bury();
  }

  private void bury() {
    if (mourner != null) {
      mourner.destroyForcibly();
      waitFor(mourner);
    }
    postmaster = null;
    mourner = null;
  }

  @Override
  public void close() {
    closeNow();
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException exiting) {
      // The hook itself is at work.
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
    ProcessBuilder builder = new ProcessBuilder(account.command(List.of(command)));
    builder.directory(base.toFile());
    builder.redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
    builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
    builder.environment().put("LC_ALL", "C");
    builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
    return builder.start();
  }

  /** Whether it ended while we waited. An interrupted caller waits no less. */
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

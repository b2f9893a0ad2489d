package io.parsecbackup.postgres;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * The PostgreSQL client programs on this machine. Each use searches for them again, so that
 * packages can be installed or upgraded while the service runs.
 *
 * @param candidates the working installations, best first
 * @param searched the places that were searched, as text for errors
 */
public record PgTools(List<Tools> candidates, String searched) {

  private static final Logger LOG = Logger.getLogger(PgTools.class);

  /**
   * One installation.
   *
   * @param folder contains pg_dump and pg_restore, and usually psql
   */
  public record Tools(Path folder, PgVersion version) {

    public int major() {
      return version.major();
    }

    public Path pgDump() {
      return folder.resolve("pg_dump");
    }

    public Path pgRestore() {
      return folder.resolve("pg_restore");
    }

    public Path psql() {
      return folder.resolve("psql");
    }
  }

  /** A program on a dead network file system must not block a run. */
  private static final Duration LONGEST_ANSWER = Duration.ofSeconds(5);

  private record Found(Tools tools, boolean wrapper) {

    PgVersion version() {
      return tools.version();
    }
  }

  /**
   * Finds them.
   *
   * @param pgBin the setting {@code parsec.backup.pg-bin}, the only folder to search if it is set
   * @param environment contains PATH
   */
  public static PgTools find(Optional<Path> pgBin, Map<String, String> environment) {
    return find(pgBin, environment, Path.of("/"));
  }

  static PgTools find(Optional<Path> pgBin, Map<String, String> environment, Path root) {
    List<Path> folders = new ArrayList<>();
    String searched;
    if (pgBin.isPresent()) {
      folders.add(pgBin.get());
      searched = "parsec.backup.pg-bin=" + pgBin.get();
    } else {
      for (String folder : environment.getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
        // An empty entry means the current folder; a service must not run programs from there.
        if (folder.startsWith("/")) {
          folders.add(Path.of(folder));
        }
      }
      folders.addAll(PgFolders.under(root));
      searched = "PATH and the usual folders";
    }
    List<Found> found = new ArrayList<>();
    Set<Path> seen = new HashSet<>();
    for (Path folder : folders) {
      look(folder, seen).ifPresent(found::add);
    }
    // A stable sort, so that the order of PATH decides between equal versions. Debian's
    // /usr/bin/pg_dump is a script that picks a version by local clusters, so it comes last.
    found.sort(Comparator.comparing(Found::version).reversed().thenComparing(Found::wrapper));
    return new PgTools(found.stream().map(Found::tools).toList(), searched);
  }

  private static Optional<Found> look(Path folder, Set<Path> seen) {
    Path pgDump = folder.resolve("pg_dump");
    if (!Files.isExecutable(pgDump) || !Files.isExecutable(folder.resolve("pg_restore"))) {
      return Optional.empty();
    }
    try {
      Path real = pgDump.toRealPath();
      if (!seen.add(real)) {
        return Optional.empty();
      }
      Cancellation patience = new Cancellation();
      CompletableFuture.delayedExecutor(LONGEST_ANSWER.toMillis(), TimeUnit.MILLISECONDS)
          .execute(() -> patience.cancel("it did not print its version in time"));
      ChildProcess.Finished<String> answer =
          ChildProcess.run(List.of(pgDump.toString(), "--version"), Map.of(), patience);
      Optional<PgVersion> version = PgVersion.parse(answer.output());
      if (answer.exitCode() != 0 || version.isEmpty()) {
        LOG.warnf("%s does not print its version and is ignored: %s", pgDump, answer.stderr());
        return Optional.empty();
      }
      boolean wrapper = real.endsWith("pg_wrapper");
      return Optional.of(new Found(new Tools(folder, version.get()), wrapper));
    } catch (Problem e) {
      LOG.warnf("%s is ignored: %s", pgDump, e.getMessage());
      return Optional.empty();
    } catch (IOException e) {
      LOG.warnf("%s cannot be read and is ignored: %s", pgDump, e.getMessage());
      return Optional.empty();
    }
  }

  /**
   * The installation for a server: the one of the server's major version, else the newest, because
   * pg_dump refuses a server of a newer major version. The same version is preferred because its
   * dumps can be restored into that server with the server's own tools. A newer pg_dump writes
   * settings that an older server does not know ({@code transaction_timeout} since 17), in a format
   * that an older pg_restore cannot read.
   *
   * @throws Problem of kind DATABASE if no installation was found, or all are older; it says what
   *     to install
   */
  public Tools toolsFor(PgVersion serverVersion) {
    int server = serverVersion.major();
    if (candidates.isEmpty()) {
      throw new Problem(
          Problem.Kind.DATABASE,
          "No pg_dump with pg_restore beside it was found in "
              + searched
              + ". Install PostgreSQL's client programs, version "
              + server
              + " or newer"
              + packages(server));
    }
    Tools newest = candidates.getFirst();
    if (newest.major() < server) {
      throw new Problem(
          Problem.Kind.DATABASE,
          "The server is PostgreSQL "
              + server
              + ", but pg_dump must be at least as new. Found: "
              + candidates.stream()
                  .map(t -> t.version() + " in " + t.folder())
                  .collect(Collectors.joining(", "))
              + ". Install the client programs of version "
              + server
              + " or newer"
              + packages(server));
    }
    return candidates.stream().filter(t -> t.major() == server).findFirst().orElse(newest);
  }

  /**
   * The newest installation; its pg_restore reads the archives of all others.
   *
   * @throws Problem of kind DATABASE if no installation was found
   */
  public Tools newest() {
    if (candidates.isEmpty()) {
      throw new Problem(
          Problem.Kind.DATABASE,
          "No pg_restore with pg_dump beside it was found in "
              + searched
              + ". Install PostgreSQL's client programs, or set parsec.backup.pg-bin to their"
              + " folder.");
    }
    return candidates.getFirst();
  }

  private static String packages(int major) {
    return " (Debian, Ubuntu: postgresql-client-%d; Alpine: postgresql%d-client; Fedora, RHEL: postgresql%d or postgresql; Homebrew: postgresql@%d), or set parsec.backup.pg-bin to their folder."
        .formatted(major, major, major, major);
  }
}

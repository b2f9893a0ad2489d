package io.parsecbackup.dump;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.dump.archive.DumpFormat;
import io.parsecbackup.postgres.ChildProcess;
import io.parsecbackup.postgres.InstalledPgTools;
import io.parsecbackup.postgres.PgTools;
import io.parsecbackup.postgres.connection.DatabaseUri;
import io.parsecbackup.postgres.connection.LibpqTarget;
import io.parsecbackup.repository.encryption.Encryption;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/** Dumps a database with pg_dump. After a failure no file remains. */
@ApplicationScoped
public class DatabaseDumper {

  private static final Logger LOG = Logger.getLogger(DatabaseDumper.class);

  private final DumpSettings settings;
  private final Supplier<PgTools> tools;
  private final Encryption encryption;

  /**
   * From the configuration.
   *
   * @throws Problem of kind CONFIGURATION if a setting is wrong
   */
  @Inject
  public DatabaseDumper(DumpConfig config, InstalledPgTools tools, Encryption encryption) {
    this(DumpSettings.from(config), tools, encryption);
  }

  public DatabaseDumper(DumpSettings settings, Supplier<PgTools> tools, Encryption encryption) {
    this.settings = settings;
    this.tools = tools;
    this.encryption = encryption;
  }

  /**
   * The programs to use for this server.
   *
   * @throws Problem of kind DATABASE if no programs were found, or all are older than the server
   */
  public PgTools.Tools toolsFor(ServerFacts server) {
    return tools.get().toolsFor(server.version());
  }

  /** All of PostgreSQL's client programs on this machine. */
  public PgTools tools() {
    return tools.get();
  }

  /**
   * Takes the snapshot for {@link #dump}. Its queries wait for a locked table as long as pg_dump
   * does. If no dump is taken, the snapshot has a {@link DatabaseSnapshot#horizon}.
   *
   * @throws Problem of kind DATABASE or CANCELLED
   */
  public DatabaseSnapshot snapshot(DatabaseUri uri, Cancellation cancellation) {
    return takesDumps()
        ? DatabaseSnapshot.open(uri, settings.lockWaitTimeout(), cancellation)
        : DatabaseSnapshot.covering(uri, settings.lockWaitTimeout(), cancellation);
  }

  /** How dumps, and the lists beside them, are encrypted. */
  public Encryption encryption() {
    return encryption;
  }

  /** The name of the file or folder that {@link #dump} writes. */
  public String fileName() {
    return fileName(settings.format());
  }

  String fileName(DumpFormat format) {
    String name = format.fileName();
    return format.isFolder() ? name : encryption.nameOf(name);
  }

  /** Whether a backup contains a dump; if not, another tool backs up the database. */
  public boolean takesDumps() {
    return settings.taken().isPresent();
  }

  /**
   * Checks that there is probably enough space for a dump.
   *
   * @param folder an existing folder on the dump's file system
   * @param lastDumpBytes the size of the last dump; empty without an earlier dump, which skips the
   *     check
   * @throws Problem of kind SPACE if less than the last dump, a tenth more and 64 MiB is free
   */
  public static void requireSpace(Path folder, OptionalLong lastDumpBytes) {
    FreeSpace.require(folder, lastDumpBytes);
  }

  /**
   * Dumps the snapshot, encrypts the dump while it is written if there are recipients, flushes it
   * to stable storage and checks it: pg_dump's exit code, and the table of contents or the end
   * marker. pg_dump writes the files of a folder itself, so they are encrypted after it has ended.
   *
   * @param target a file or folder that does not exist yet; only its owner may read it. It is
   *     removed after a failure
   * @param progress receives the number of bytes written so far, from another thread
   * @throws Problem of kind DATABASE, SPACE, CANCELLED or INTERNAL
   */
  public Dump dump(
      DatabaseSnapshot snapshot,
      DatabaseUri uri,
      Path target,
      LongConsumer progress,
      Cancellation cancellation) {
    cancellation.throwIfCancelled();
    PgTools.Tools chosen = toolsFor(snapshot.server());
    LibpqTarget database = uri.libpq(snapshot.server().host());
    Iterator<List<String>> choices = compressionArguments(chosen.major()).iterator();
    while (true) {
      List<String> compression = choices.next();
      try (DumpTarget file = create(target, settings.format())) {
        List<String> format = new ArrayList<>(file.arguments());
        format.addAll(compression);
        List<String> argv = argv(chosen, snapshot, database, format);
        ChildProcess.Finished<Boolean> finished =
            run(argv, environment(database), file, progress, cancellation);
        cancellation.throwIfCancelled();
        if (DumpFailure.isZstdMissing(finished) && choices.hasNext()) {
          LOG.infof("%s was built without zstd; using gzip", chosen.pgDump());
          continue;
        }
        if (DumpFailure.isDiskFull(finished)) {
          throw FreeSpace.writeFailed(target, file.bytes(), new IOException(finished.stderr()));
        }
        if (finished.exitCode() != 0) {
          throw DumpFailure.of(finished, uri, snapshot, settings, chosen);
        }
        if (DumpFailure.reportsAnError(finished)) {
          throw DumpFailure.of(finished, uri, snapshot, settings, chosen);
        }
        file.check(chosen, cancellation);
        List<String> warnings = finished.stderr().lines().filter(l -> !l.isBlank()).toList();
        // The first lines are enough for the log.
        warnings.stream().limit(10).forEach(line -> LOG.warnf("%s", line));
        return file.keep(chosen.version(), warnings, cancellation);
      }
    }
  }

  /** A target that does not exist yet, which is encrypted if new backups are. */
  DumpTarget create(Path target, DumpFormat format) {
    return switch (format) {
      case CUSTOM, PLAIN -> DumpFile.create(target, format, encryption.recipients());
      case DIRECTORY -> DumpFolder.create(target, settings.jobs(), encryption.recipients());
    };
  }

  private static ChildProcess.Finished<Boolean> run(
      List<String> argv,
      Map<String, String> environment,
      DumpTarget file,
      LongConsumer progress,
      Cancellation cancellation) {
    try (ChildProcess pgDump = ChildProcess.start(argv, environment);
        Cancellation.Hook _ = cancellation.onCancel(pgDump::cancel)) {
      return pgDump.finish(stdout -> {
        file.take(stdout, progress);
        return true;
      });
    } catch (IOException e) {
      throw new Problem(
          Problem.Kind.INTERNAL, "Reading pg_dump's output failed: " + e.getMessage(), e);
    }
  }

  /** Lists of arguments, each for a pg_dump that was built without the compression before it. */
  private List<List<String>> compressionArguments(int pgDumpMajor) {
    return switch (settings.format()) {
      case PLAIN -> List.of(List.of());
      case CUSTOM, DIRECTORY ->
          settings.compression().choices(pgDumpMajor).stream()
              .map(choice -> List.of("--compress=" + choice.argument(pgDumpMajor)))
              .toList();
    };
  }

  private List<String> argv(
      PgTools.Tools chosen, DatabaseSnapshot snapshot, LibpqTarget database, List<String> options) {
    List<String> argv = new ArrayList<>();
    argv.add(chosen.pgDump().toString());
    argv.addAll(options);
    argv.add("--no-password");
    argv.add("--snapshot=" + snapshot.id());
    argv.add("--lock-wait-timeout=" + settings.lockWaitTimeout().toMillis());
    argv.add("--dbname=" + database.uri());
    return argv;
  }

  /** Defaults that the URI overrides. */
  private static Map<String, String> environment(LibpqTarget database) {
    Map<String, String> environment = new TreeMap<>(database.environment());
    environment.putIfAbsent("PGCONNECT_TIMEOUT", "30");
    environment.putIfAbsent("PGAPPNAME", "parsec-backup");
    return environment;
  }
}

package io.parsecbackup.dump;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.dump.archive.DumpFormat;
import io.parsecbackup.dump.restore.Databases;
import io.parsecbackup.postgres.FakeTools;
import io.parsecbackup.postgres.PgTools;
import io.parsecbackup.postgres.connection.DatabaseUri;
import io.parsecbackup.repository.encryption.Encryption;
import io.parsecbackup.testing.EmbeddedDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a dump contains, and what is refused before or after pg_dump runs. */
@Timeout(120)
class DatabaseDumperTest {

  private static EmbeddedDatabase server;
  private static DatabaseUri source;

  @TempDir Path folder;

  @BeforeAll
  static void start() {
    server = EmbeddedDatabase.open();
    Databases.fill(server, "parsec");
    source = Databases.uri(server.uri("parsec"));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void aCustomDumpRestoredEqualsTheSource() throws Exception {
    List<Long> progress = Collections.synchronizedList(new ArrayList<>());
    Path file = folder.resolve("database.dump");
    Dump dump;
    try (DatabaseSnapshot snapshot = DatabaseSnapshot.open(source)) {
      dump =
          Databases.dumper(DumpFormat.CUSTOM, "auto", Databases.PATIENT)
              .dump(snapshot, source, file, progress::add, new Cancellation());
    }
    byte[] bytes = Files.readAllBytes(file);
    assertEquals(file, dump.file());
    assertEquals(bytes.length, dump.bytes());
    assertEquals(
        HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)),
        dump.sha256());
    assertEquals(Databases.tools().version(), dump.pgDump());
    assertEquals(List.of(), dump.warnings());
    assertEquals(progress.stream().sorted().toList(), progress);
    assertEquals(dump.bytes(), progress.getLast());
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    DatabaseUri copy = empty("custom_copy");
    Databases.run(
        copy, Databases.tools().pgRestore(), "--single-transaction", "--exit-on-error", file + "");
    assertEquals(Databases.content(source), Databases.content(copy));
  }

  @Test
  void aPlainDumpRestoredEqualsTheSource() {
    Path file = folder.resolve("database.sql");
    Dump dump = dump(Databases.dumper(DumpFormat.PLAIN, "auto", Databases.PATIENT), file);
    assertEquals(DumpFormat.PLAIN, dump.format());
    DatabaseUri copy = empty("plain_copy");
    Databases.run(
        copy, Databases.tools().psql(), "-X", "-q", "-1", "-v", "ON_ERROR_STOP=1", "-f", file + "");
    assertEquals(Databases.content(source), Databases.content(copy));
  }

  @Test
  void containsTheSnapshotAndNothingLater() throws IOException {
    Path file = folder.resolve("database.sql");
    try (DatabaseSnapshot snapshot = DatabaseSnapshot.open(source)) {
      server.execute("parsec", "INSERT INTO migration VALUES (99, 'too late')");
      Databases.dumper(DumpFormat.PLAIN, "auto", Databases.PATIENT)
          .dump(snapshot, source, file, bytes -> {}, new Cancellation());
    } finally {
      server.execute("parsec", "DELETE FROM migration WHERE _id = 99");
    }
    String script = Files.readString(file);
    assertTrue(script.contains("24\tnewest"));
    assertFalse(script.contains("too late"));
  }

  @Test
  void usesTheConfiguredCompression() {
    long none =
        dump(Databases.dumper(DumpFormat.CUSTOM, "none", Databases.PATIENT), folder.resolve("0"))
            .bytes();
    long best =
        dump(Databases.dumper(DumpFormat.CUSTOM, "gzip:9", Databases.PATIENT), folder.resolve("9"))
            .bytes();
    assertTrue(best < none, best + " < " + none);
  }

  @Test
  void refusesToStartWithoutPgDump() {
    String message = failure(dumper(folder.resolve("nothing")), Problem.Kind.DATABASE);
    assertTrue(message.contains("No pg_dump"), message);
    assertTrue(message.contains("postgresql-client-15"), message);
  }

  @Test
  void refusesToStartAPgDumpOlderThanTheServer() throws IOException {
    Path old = FakeTools.in(folder.resolve("bin"), "echo 'pg_dump (PostgreSQL) 14.22'");
    String message = failure(dumper(old), Problem.Kind.DATABASE);
    assertTrue(message.contains("The server is PostgreSQL 15"), message);
    assertTrue(message.contains("14.22 in " + old), message);
  }

  @Test
  void refusesAnIncompleteDumpAlthoughPgDumpReportsSuccess() throws IOException {
    String real = "'" + Databases.tools().pgDump() + "' \"$@\"";
    for (String script :
        List.of(
            "exit 0",
            "echo 'certainly no archive'",
            "head -c 100000 /dev/urandom",
            real + " | head -c 100",
            real + " | head -c 6000",
            "f=$(mktemp); " + real + " > $f; head -c -7 $f; rm $f")) {
      String message = failure(dumper(FakeTools.overReal(folder, script)), Problem.Kind.DATABASE);
      assertTrue(message.contains("not a complete dump"), message);
    }
  }

  @Test
  void refusesATruncatedPlainScript() throws IOException {
    String real = "'" + Databases.tools().pgDump() + "' \"$@\"";
    for (String script : List.of("exit 0", "head -c 3000 /dev/urandom", real + " | head -c 9000")) {
      Path bin = FakeTools.overReal(folder, script);
      DatabaseDumper plain =
          new DatabaseDumper(
              DumpSettings.of(DumpFormat.PLAIN, "auto", Databases.PATIENT),
              () -> PgTools.find(Optional.of(bin), Map.of()),
              Encryption.none());
      String message = failure(plain, Problem.Kind.DATABASE);
      assertTrue(message.contains("PostgreSQL database dump complete"), message);
    }
  }

  @Test
  void aFloodOnStderrNeitherBlocksNorFails() throws IOException {
    Path bin =
        FakeTools.overReal(
            folder,
            "i=0; while [ $i -lt 20000 ]; do echo 'pg_dump: warning: circular constraints';"
                + " i=$((i+1)); done >&2; exec '"
                + Databases.tools().pgDump()
                + "' \"$@\"");
    Dump dump = dump(dumper(bin), folder.resolve("database.dump"));
    assertTrue(dump.warnings().contains("pg_dump: warning: circular constraints"));
    assertTrue(dump.warnings().size() < 1000);
  }

  @Test
  void autoUsesGzipIfPgDumpWasBuiltWithoutZstd() throws IOException {
    Path bin =
        FakeTools.in(
            folder.resolve("bin"),
            """
            case "$1" in --version) echo 'pg_dump (PostgreSQL) 99.1'; exit;; esac
            case "$2" in
              --compress=zstd)
                echo 'pg_dump: error: invalid compression specification: this build does not support compression with ZSTD' >&2
                exit 1;;
              --compress=gzip) ;;
              *) exit 2;;
            esac
            format=$1; shift 2
            exec '%s' "$format" --compress=6 "$@"
            """
                .formatted(Databases.tools().pgDump()));
    FakeTools.write(
        bin.resolve("pg_restore"), "exec '" + Databases.tools().pgRestore() + "' \"$@\"");
    assertEquals("99.1", dump(dumper(bin), folder.resolve("database.dump")).pgDump().text());
  }

  @Test
  void failsOnAnErrorOnStderrDespiteExitCode0() throws IOException {
    Path bin =
        FakeTools.overReal(
            folder,
            "echo 'pg_dump: error: query failed: out of memory' >&2\n'"
                + Databases.tools().pgDump()
                + "' \"$@\"");
    String message = failure(dumper(bin), Problem.Kind.DATABASE);
    assertTrue(message.contains("out of memory"), message);
  }

  @Test
  void keepsNothingOfAFolderThatIsIncomplete() throws IOException {
    String real = "'" + Databases.tools().pgDump() + "' \"$@\"\n";
    Path full =
        FakeTools.overReal(
            folder.resolve("full"),
            real
                + "echo 'pg_dump: error: could not write to output file: No space left on device' >&2\n"
                + "exit 1");
    assertTrue(
        folderFailure(full, Problem.Kind.SPACE).contains("did not fit on the file system of"));
    Path emptied =
        FakeTools.overReal(
            folder.resolve("emptied"),
            real
                + "for option; do case \"$option\" in --file=*)"
                + " for file in \"${option#--file=}\"/*.dat.gz; do : > \"$file\"; done;; esac; done");
    String message = folderFailure(emptied, Problem.Kind.DATABASE);
    assertTrue(
        message.matches("(?s).*the file \\d+\\.dat of the table .* is missing or empty.*"),
        message);
  }

  private String folderFailure(Path pgBin, Problem.Kind kind) {
    Path dump = folder.resolve("database");
    DatabaseDumper dumper =
        new DatabaseDumper(
            DumpSettings.of(DumpFormat.DIRECTORY, "auto", Duration.ofMinutes(5), 2),
            () -> PgTools.find(Optional.of(pgBin), Map.of()),
            Encryption.none());
    String message = Failures.message(kind, () -> dump(dumper, dump));
    assertFalse(Files.exists(dump), "a failed dump leaves no folder");
    return message;
  }

  @Test
  void neverReplacesAFile() throws IOException {
    Path file = Files.writeString(folder.resolve("database.dump"), "mine");
    assertThrows(Problem.class, () -> dump(dumper(Databases.tools().folder()), file));
    assertEquals("mine", Files.readString(file));
  }

  @Test
  void failsIfThereIsNotEnoughSpace() {
    DatabaseDumper.requireSpace(folder, OptionalLong.empty());
    DatabaseDumper.requireSpace(folder, OptionalLong.of(1000));
    String message =
        Failures.message(
            Problem.Kind.SPACE,
            () -> DatabaseDumper.requireSpace(folder, OptionalLong.of(10L << 50)));
    assertTrue(message.contains("11534336.1 GiB are needed"), message);
    assertTrue(message.contains(folder.toString()), message);
    assertTrue(message.matches(".* has [0-9.]+ (GiB|MiB) free, .*"), message);
  }

  private Dump dump(DatabaseDumper dumper, Path file) {
    try (DatabaseSnapshot snapshot = DatabaseSnapshot.open(source)) {
      return dumper.dump(snapshot, source, file, bytes -> {}, new Cancellation());
    }
  }

  private String failure(DatabaseDumper dumper, Problem.Kind kind) {
    Path file = folder.resolve("database.dump");
    String message = Failures.message(kind, () -> dump(dumper, file));
    assertFalse(Files.exists(file), "a failed dump leaves no file");
    return message;
  }

  private static DatabaseDumper dumper(Path pgBin) {
    return new DatabaseDumper(
        DumpSettings.of(DumpFormat.CUSTOM, "auto", Duration.ofMinutes(5)),
        () -> PgTools.find(Optional.of(pgBin), Map.of()),
        Encryption.none());
  }

  private static DatabaseUri empty(String name) {
    server.createDatabase(name);
    return Databases.uri(server.uri(name));
  }
}

package io.parsecbackup.dump;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.dump.archive.DumpFormat;
import io.parsecbackup.dump.restore.Databases;
import io.parsecbackup.postgres.ChildProcess;
import io.parsecbackup.postgres.connection.DatabaseUri;
import io.parsecbackup.postgres.connection.LibpqTarget;
import io.parsecbackup.repository.encryption.Encryption;
import io.parsecbackup.repository.encryption.ReadableFile;
import io.parsecbackup.repository.storage.Sha256;
import io.parsecbackup.testing.EmbeddedDatabase;
import io.parsecbackup.testing.MachinePgTools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Dumps that an operator made by hand, with everything that can be wrong with them. */
@Timeout(120)
class AdoptedDumpTest {

  private static final DatabaseDumper DUMPER =
      new DatabaseDumper(
          DumpSettings.of(DumpFormat.CUSTOM, "auto", Databases.PATIENT),
          MachinePgTools::get,
          Encryption.none());

  private static EmbeddedDatabase server;
  private static DatabaseUri source;

  @TempDir Path folder;
  private Path scratch;

  @BeforeAll
  static void start() {
    server = EmbeddedDatabase.open();
    Databases.fill(server, "hand made");
    source = Databases.uri(server.uri("hand made"));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void makeScratch() throws IOException {
    scratch = Files.createDirectory(folder.resolve("scratch"));
  }

  private Path dump(Map<String, String> environment, String... arguments) {
    Path file = folder.resolve("by hand.backup");
    LibpqTarget target = source.libpq();
    List<String> argv =
        new ArrayList<>(
            List.of(
                Databases.tools().pgDump().toString(),
                "--dbname=" + target.uri(),
                "--file=" + file));
    argv.addAll(List.of(arguments));
    Map<String, String> all = new TreeMap<>(target.environment());
    all.putAll(environment);
    ChildProcess.Finished<String> finished = ChildProcess.run(argv, all, new Cancellation());
    assertEquals(0, finished.exitCode(), finished::stderr);
    return file;
  }

  private Path dump(DumpFormat format) {
    return dump(Map.of(), "--format=" + (format == DumpFormat.CUSTOM ? "custom" : "plain"));
  }

  private AdoptedDump take(Path handMade) {
    return AdoptedDump.take(
        ReadableFile.plain(handMade),
        scratch,
        DUMPER,
        Optional.empty(),
        bytes -> {},
        new Cancellation());
  }

  private String refusal(Path handMade) throws IOException {
    String message = Failures.message(Problem.Kind.DATABASE, () -> take(handMade));
    assertTrue(message.contains(handMade.toString()), message);
    try (Stream<Path> left = Files.list(scratch)) {
      assertEquals(List.of(), left.toList());
    }
    return message;
  }

  @ParameterizedTest
  @EnumSource(names = {"CUSTOM", "PLAIN"})
  void isCopiedWithItsFacts(DumpFormat format) throws Exception {
    Path file = dump(format);
    AdoptedDump adopted = take(file);
    Path copy = adopted.dump().file();
    assertEquals(scratch.resolve(format.fileName()), copy);
    assertArrayEquals(Files.readAllBytes(file), Files.readAllBytes(copy));
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(copy)));
    assertEquals(Sha256.of(file), adopted.dump().sha256());
    assertEquals(Files.size(file), adopted.dump().bytes());
    assertEquals(format, adopted.dump().format());
    assertEquals(Databases.tools().version(), adopted.dump().pgDump());
    try (DatabaseSnapshot snapshot = DatabaseSnapshot.open(source)) {
      assertEquals(snapshot.server().version(), adopted.server());
    }
    assertEquals(Optional.of("UTF8"), adopted.database().encoding());
    assertEquals(OptionalInt.of(24), adopted.database().migration());
    assertEquals(
        format == DumpFormat.CUSTOM ? Optional.of("hand made") : Optional.empty(),
        adopted.database().name());
    String warnings = adopted.dump().warnings().toString();
    assertTrue(warnings.contains("does not contain its block rows"), warnings);
    assertTrue(warnings.contains("run a drill of this backup"), warnings);
    assertFalse(warnings.contains("'migration'"), warnings);
  }

  @Test
  void anArchiveHasItsOwnDate() throws Exception {
    Path file = dump(Map.of("TZ", ZoneId.systemDefault().getId()), "--format=custom");
    Instant made = Files.getLastModifiedTime(file).toInstant();
    Files.setLastModifiedTime(file, FileTime.from(made.plus(Duration.ofDays(3))));
    AdoptedDump adopted = take(file);
    assertFalse(adopted.createdAt().isAfter(made));
    assertFalse(adopted.createdAt().isBefore(made.minusSeconds(60)));
    assertTrue(
        adopted.dump().warnings().getFirst().contains("has no time zone"),
        adopted.dump()::toString);
  }

  @Test
  void isReadInThisMachinesTimeZone() throws Exception {
    // One day back, in any time zone of this machine.
    Path file = dump(Map.of("TZ", "Nowhere+24"), "--format=custom");
    LocalDateTime there = LocalDateTime.ofInstant(Instant.now(), ZoneOffset.UTC).minusDays(1);
    Duration off =
        Duration.between(take(file).createdAt(), there.atZone(ZoneId.systemDefault()).toInstant());
    assertTrue(off.abs().compareTo(Duration.ofMinutes(2)) < 0, off.toString());
  }

  @Test
  void isNeverNewerThanItsFile() throws Exception {
    // One day ahead.
    Path file = dump(Map.of("TZ", "Nowhere-24"), "--format=custom");
    Instant written = Files.getLastModifiedTime(file).toInstant();
    AdoptedDump adopted = take(file);
    assertEquals(written, adopted.createdAt());
    assertTrue(
        adopted.dump().warnings().toString().contains("after the file's modification time"),
        adopted.dump()::toString);
  }

  @Test
  void aVerboseScriptHasItsOwnDateAndAnyOtherTheFilesDate() throws Exception {
    Path verbose = dump(Map.of("TZ", "UTC"), "--verbose");
    Instant made = Files.getLastModifiedTime(verbose).toInstant();
    Files.setLastModifiedTime(verbose, FileTime.from(made.plus(Duration.ofDays(3))));
    Instant createdAt = take(verbose).createdAt();
    assertFalse(createdAt.isAfter(made));
    assertFalse(createdAt.isBefore(made.minusSeconds(60)));

    Files.delete(scratch.resolve("database.sql"));
    Path quiet = dump(DumpFormat.PLAIN);
    Instant date = Instant.parse("2025-03-04T05:06:07Z");
    Files.setLastModifiedTime(quiet, FileTime.from(date));
    AdoptedDump adopted = take(quiet);
    assertEquals(date, adopted.createdAt());
    assertTrue(
        adopted.dump().warnings().getFirst().contains("modification time"),
        adopted.dump()::toString);
  }

  @Test
  void isNeverDatedInTheFuture() throws Exception {
    Path file = dump(DumpFormat.PLAIN);
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().plus(Duration.ofDays(3))));
    assertFalse(take(file).createdAt().isAfter(Instant.now()));
  }

  @ParameterizedTest
  @EnumSource(names = {"CUSTOM", "PLAIN"})
  void isRefusedIfItIsTruncatedAnywhere(DumpFormat format) throws Exception {
    byte[] whole = Files.readAllBytes(dump(format));
    Path file = folder.resolve("broken.backup");
    for (int percent : List.of(1, 10, 50, 90, 99)) {
      Files.write(file, Arrays.copyOf(whole, whole.length * percent / 100));
      refusal(file);
    }
    // The last line break and comment dashes of a script do not matter, but its last words do.
    Files.write(file, Arrays.copyOf(whole, whole.length - (format == DumpFormat.CUSTOM ? 1 : 90)));
    refusal(file);
  }

  @Test
  void isRefusedIfItsDataIsDamaged() throws Exception {
    Path file = dump(DumpFormat.CUSTOM);
    byte[] bytes = Files.readAllBytes(file);
    // In the rows of the largest table, far after the table of contents.
    bytes[bytes.length - 20_000] ^= 0x10;
    Files.write(file, bytes);
    assertTrue(refusal(file).contains("pg_restore cannot read it"));
  }

  @ParameterizedTest
  @ValueSource(strings = "tar")
  void isRefusedInOtherFormats(String format) throws Exception {
    assertTrue(refusal(dump(Map.of(), "--format=" + format)).contains(format));
  }

  @Test
  void aFileThatIsNotADumpIsRefused() throws Exception {
    Path file = folder.resolve("no.dump");
    Files.writeString(file, "");
    assertTrue(refusal(file).contains("it is empty"));
    Files.writeString(file, "SELECT 1;\n-- PostgreSQL database dump complete\n");
    assertTrue(refusal(file).contains("does not begin like a dump"));
    Files.writeString(
        file,
        "--\n-- PostgreSQL database cluster dump\n--\n"
            + Files.readString(dump(DumpFormat.PLAIN))
            + "--\n-- PostgreSQL database cluster dump complete\n--\n");
    assertTrue(refusal(file).contains("pg_dumpall"));
    Files.writeString(file, Files.readString(dump(DumpFormat.PLAIN)).replace("\n", "\r\n"));
    assertTrue(refusal(file).contains("CR LF"));
    String script = Files.readString(dump(DumpFormat.PLAIN));
    Files.writeString(file, script + script);
    assertTrue(refusal(file).contains("it contains the dumps of 2 databases"));
    Files.write(file, new byte[] {0x1f, (byte) 0x8b, 8, 0, 0});
    assertTrue(refusal(file).contains("unpack it first"));
    Files.writeString(file, "PGDMP and then nothing of the kind");
    assertTrue(refusal(file).contains("pg_restore --list failed"));
    Path none = folder.resolve("none.dump");
    assertTrue(
        Failures.message(Problem.Kind.NOT_FOUND, () -> take(none)).contains(none.toString()));
  }

  @Test
  void warnsIfItContainsNothingOfParsec() {
    AdoptedDump adopted = take(dump(Map.of(), "--format=custom", "--schema-only"));
    assertEquals(OptionalInt.empty(), adopted.database().migration());
    assertTrue(adopted.dump().warnings().toString().contains("'migration'"));
  }

  @Test
  void aRowMayLookLikeACommand() throws Exception {
    String script =
        """
        --
        -- PostgreSQL database dump
        --
        -- Dumped from database version 16.10
        SET client_encoding = 'UTF8';
        COPY public.notes (_id, body) FROM stdin;
        1\tCOPY public.migration (_id) FROM stdin;
        COPY public.migration (_id) FROM stdin;
        99
        -- Dumped by pg_dump version 1.1
        \\.
        COPY public.migration (name, _id) FROM stdin;
        77\t3
        first\t1
        \\.
        COPY public.block_data (data) FROM stdin;
        %s
        \\.
        -- Dumped by pg_dump version 17.2 (Debian 17.2-1)
        --
        -- PostgreSQL database dump complete
        --
        """
            .formatted("\\\\x".repeat(1_000_000));
    AdoptedDump adopted = take(Files.writeString(folder.resolve("odd.sql"), script));
    assertEquals(OptionalInt.of(3), adopted.database().migration());
    assertEquals("17.2", adopted.dump().pgDump().text());
    assertEquals("16.10", adopted.server().text());
  }

  @Test
  void isNamedByItsOriginalPathIfARowIsDamaged() throws Exception {
    String script =
        """
        --
        -- PostgreSQL database dump
        --
        -- Dumped from database version 16.10
        -- Dumped by pg_dump version 17.2
        COPY public.organization (_id, organization_id) FROM stdin;
        1\tCoolOrg
        \\.
        COPY public.realm (_id, organization) FROM stdin;
        1\t1
        \\.
        COPY public.block (block_id, realm, size) FROM stdin;
        c1c1c1c1-0000-0000-0000-000000000000\t1\t-1
        \\.
        --
        -- PostgreSQL database dump complete
        --
        """;
    String message = refusal(Files.writeString(folder.resolve("odd.sql"), script));
    assertTrue(message.contains("a row of public.block has no size"), message);
    assertTrue(message.contains("The copy was removed"), message);
  }

  @Test
  void stopsWhenItIsCancelled() throws Exception {
    Path file = dump(DumpFormat.CUSTOM);
    Cancellation cancellation = new Cancellation();
    Failures.message(
        Problem.Kind.CANCELLED,
        () ->
            AdoptedDump.take(
                ReadableFile.plain(file),
                scratch,
                DUMPER,
                Optional.empty(),
                bytes -> cancellation.cancel("enough"),
                cancellation));
    try (Stream<Path> left = Files.list(scratch)) {
      assertEquals(List.of(), left.toList());
    }
  }
}

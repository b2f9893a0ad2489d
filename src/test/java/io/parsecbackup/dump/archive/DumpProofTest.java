package io.parsecbackup.dump.archive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.dump.Failures;
import io.parsecbackup.dump.restore.Databases;
import io.parsecbackup.postgres.FakeTools;
import io.parsecbackup.postgres.PgTools;
import io.parsecbackup.postgres.PgVersion;
import io.parsecbackup.postgres.connection.DatabaseUri;
import io.parsecbackup.repository.encryption.ReadableFile;
import io.parsecbackup.testing.EmbeddedDatabase;
import io.parsecbackup.testing.MachinePgTools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Reads the facts of a dump without a database, and finds damage. */
@Timeout(120)
class DumpProofTest {

  @TempDir static Path folder;

  private static EmbeddedDatabase server;
  private static Path custom;
  private static Path plain;
  private static Path directory;

  private final DumpProof proof = new DumpProof(MachinePgTools::get);
  private final Cancellation never = new Cancellation();

  @BeforeAll
  static void start() {
    server = EmbeddedDatabase.open();
    Databases.fill(server, "parsec");
    server.createRole("o x", "p");
    server.execute(
        "parsec",
        "CREATE SCHEMA \"s p\"",
        "CREATE TABLE \"s p\".\"t; x\" (a int)",
        "ALTER TABLE \"s p\".\"t; x\" OWNER TO \"o x\"");
    DatabaseUri source = Databases.uri(server.uri("parsec"));
    custom = Databases.dump(source, DumpFormat.CUSTOM, folder.resolve("database.dump"));
    directory = Databases.dump(source, DumpFormat.DIRECTORY, folder.resolve("database"));
    plain = Databases.dump(source, DumpFormat.PLAIN, folder.resolve("database.sql"));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void readsTheSameFactsFromAllFormats() {
    assertEquals(DumpFormat.CUSTOM, DumpReader.format(file(custom)));
    assertEquals(DumpFormat.PLAIN, DumpReader.format(file(plain)));
    DumpFacts archive = proof.facts(file(custom), DumpFormat.CUSTOM, never);
    DumpFacts inFolder = proof.facts(file(directory), DumpFormat.DIRECTORY, never);
    DumpFacts script = proof.facts(file(plain), DumpFormat.PLAIN, never);
    for (DumpFacts facts : List.of(archive, inFolder, script)) {
      assertEquals(15, facts.origin().server().major());
      assertEquals(Databases.tools().version(), facts.origin().pgDump());
      assertEquals(new TreeSet<>(Set.of("o x", "postgres")), facts.owners());
      assertEquals(Optional.of("UTF8"), facts.encoding());
      assertTrue(facts.tables().contains("s p t; x o x"), facts::toString);
      assertEquals(
          List.of("s p t; x o x"),
          facts.missingFrom(
              List.of(
                  List.of("public", "block"),
                  List.of("public", "migration"),
                  List.of("public", "organization"))));
    }
    assertEquals(archive.tables(), script.tables());
    assertTrue(script.origin().usesRestrict());
  }

  @Test
  void countsTheSameRowsInAllFormats() {
    Map<String, Long> expected =
        Map.of(
            "public.block", 5000L,
            "public.migration", 2L,
            "public.organization", 3L,
            "\"s p\".\"t; x\"", 0L);
    for (DumpRows rows :
        List.of(
            proof.readThrough(file(custom), DumpFormat.CUSTOM, never),
            proof.readThrough(file(directory), DumpFormat.DIRECTORY, never),
            proof.readThrough(file(plain), DumpFormat.PLAIN, never))) {
      assertEquals(expected, rows.tables());
      assertEquals(OptionalInt.of(24), rows.newestMigration(Optional.empty()));
    }
    DumpFacts facts = proof.facts(file(custom), DumpFormat.CUSTOM, never);
    assertEquals(
        OptionalInt.of(24), proof.newestMigration(facts, file(custom), Optional.empty(), never));
  }

  @Test
  void findsATruncatedDump() throws IOException {
    for (DumpFormat format : List.of(DumpFormat.CUSTOM, DumpFormat.PLAIN)) {
      byte[] whole = Files.readAllBytes(format == DumpFormat.CUSTOM ? custom : plain);
      for (int length : new int[] {100, whole.length / 2, whole.length - 40}) {
        Path cut = folder.resolve("cut");
        Files.write(cut, java.util.Arrays.copyOf(whole, length));
        Failures.message(Problem.Kind.DATABASE, () -> proof.readThrough(file(cut), format, never));
        assertTrue(proof.damage(file(cut), format, never).isPresent());
      }
    }
  }

  @Test
  void findsATruncatedOrMissingFileOfAFolder() throws IOException {
    Path cut = Databases.largestFile(directory);
    byte[] whole = Files.readAllBytes(cut);
    ReadableFile dump = file(directory);
    assertEquals(Optional.empty(), proof.damage(dump, DumpFormat.DIRECTORY, never));
    for (int length : new int[] {0, 100, whole.length / 2, whole.length - 1}) {
      Files.write(cut, java.util.Arrays.copyOf(whole, length));
      assertTrue(
          proof.damage(dump, DumpFormat.DIRECTORY, never).isPresent(), () -> length + " bytes");
    }
    Files.delete(cut);
    String missing = proof.damage(dump, DumpFormat.DIRECTORY, never).orElseThrow();
    String number = String.valueOf(cut.getFileName()).replaceFirst("\\..*", "");
    assertTrue(missing.contains(number + ".dat"), missing);
    assertEquals(
        Optional.of("the file " + number + ".dat of the table public block is missing or empty"),
        DumpCheck.folderFault(dump, Databases.tools(), never));
    Files.write(cut, whole);
    assertEquals(Optional.empty(), DumpCheck.folderFault(dump, Databases.tools(), never));
  }

  @Test
  void findsAFlippedBitInTheRows() throws IOException {
    byte[] bytes = Files.readAllBytes(custom);
    bytes[bytes.length * 3 / 4] ^= 16;
    Path flipped = Files.write(folder.resolve("flipped"), bytes);
    String message =
        Failures.message(
            Problem.Kind.DATABASE,
            () -> proof.readThrough(file(flipped), DumpFormat.CUSTOM, never));
    assertTrue(message.contains("pg_restore --data-only failed"), message);
    assertEquals(Optional.of(message), proof.damage(file(flipped), DumpFormat.CUSTOM, never));
    assertEquals(Optional.empty(), proof.damage(file(custom), DumpFormat.CUSTOM, never));
    assertEquals(Optional.empty(), proof.damage(file(plain), DumpFormat.PLAIN, never));
  }

  @Test
  void namesTheKindOfAFileThatIsNotADump() throws Exception {
    Path tar = folder.resolve("tar");
    Databases.run(
        Databases.uri(server.uri("parsec")),
        Databases.tools().pgDump(),
        "--format=tar",
        "--file=" + tar);
    for (Map.Entry<Path, String> wrong :
        Map.of(
                tar,
                "tar file",
                folder,
                "folder",
                Files.write(folder.resolve("gz"), new byte[] {31, (byte) 139, 8}),
                "compressed",
                Files.writeString(folder.resolve("text"), "certainly no dump"),
                "is not a dump",
                Files.writeString(folder.resolve("empty"), ""),
                "is not a dump")
            .entrySet()) {
      String message =
          Failures.message(Problem.Kind.DATABASE, () -> DumpReader.format(file(wrong.getKey())));
      assertTrue(message.contains(wrong.getValue()), message);
    }
  }

  @Test
  void refusesADumpThatIsNewerThanEveryPgRestoreHere() throws IOException {
    Path bin = FakeTools.in(folder.resolve("bin"), "echo 'pg_dump (PostgreSQL) 15.18'");
    FakeTools.write(
        bin.resolve("pg_restore"),
        "echo 'pg_restore: error: unsupported version (1.16) in file header' >&2; exit 1");
    DumpProof old = new DumpProof(() -> PgTools.find(Optional.of(bin), Map.of()));
    String message =
        Failures.message(
            Problem.Kind.DATABASE, () -> old.readThrough(file(custom), DumpFormat.CUSTOM, never));
    assertTrue(message.contains("made by a newer pg_dump. Found: 15.18 in " + bin), message);
    assertTrue(message.contains("version 16 or newer"), message);
    assertEquals(
        message,
        Failures.message(
            Problem.Kind.DATABASE, () -> old.damage(file(custom), DumpFormat.CUSTOM, never)));
  }

  @Test
  void doesNotReportMissingOrTooOldProgramsAsDamage() throws IOException {
    DumpProof none = new DumpProof(() -> new PgTools(List.of(), "nowhere"));
    String message =
        Failures.message(
            Problem.Kind.DATABASE, () -> none.damage(file(custom), DumpFormat.CUSTOM, never));
    assertTrue(message.contains("No pg_restore"), message);
    assertEquals(Optional.empty(), none.damage(file(plain), DumpFormat.PLAIN, never));
    Path bin = FakeTools.in(folder.resolve("bin14"), "echo 'pg_dump (PostgreSQL) 14.22'");
    FakeTools.write(
        bin.resolve("pg_restore"), "exec '" + Databases.tools().pgRestore() + "' \"$@\"");
    DumpProof old = new DumpProof(() -> PgTools.find(Optional.of(bin), Map.of()));
    String tooOld =
        Failures.message(
            Problem.Kind.DATABASE, () -> old.damage(file(custom), DumpFormat.CUSTOM, never));
    assertTrue(tooOld.contains("Found: 14.22"), tooOld);
  }

  @Test
  void choosesTheServersVersionOrElseTheOldestThatIsNewEnough() {
    DumpFacts by15 = proof.facts(file(custom), DumpFormat.CUSTOM, never);
    PgTools found =
        new PgTools(
            List.of(tools(18, "18.1"), tools(17, "17.2"), tools(16, "16.4"), tools(14, "14.2")),
            "x");
    assertEquals(16, RestoreTools.choose(found, by15, OptionalInt.empty()).major());
    assertEquals(17, RestoreTools.choose(found, by15, OptionalInt.of(17)).major());
    assertEquals(16, RestoreTools.choose(found, by15, OptionalInt.of(14)).major());
    PgTools old = new PgTools(List.of(tools(14, "14.2")), "x");
    String message =
        Failures.message(
            Problem.Kind.DATABASE, () -> RestoreTools.choose(old, by15, OptionalInt.empty()));
    assertTrue(message.contains("14.2 in /x/14"), message);
  }

  @Test
  void knowsWhichPsqlSupportsRestrict() {
    for (String version : List.of("13.22", "15.14", "16.10", "17.6", "18.0", "18beta1", "19.2")) {
      assertTrue(RestoreTools.knowsRestrict(tools(major(version), version)), version);
    }
    for (String version : List.of("12.22", "13.21", "15.13", "16.9", "17.5", "17beta1")) {
      assertFalse(RestoreTools.knowsRestrict(tools(major(version), version)), version);
    }
  }

  private static int major(String version) {
    return Integer.parseInt(version.substring(0, 2));
  }

  private static PgTools.Tools tools(int major, String version) {
    return new PgTools.Tools(Path.of("/x/" + major), PgVersion.of(version));
  }

  private static ReadableFile file(Path path) {
    return ReadableFile.plain(path);
  }
}

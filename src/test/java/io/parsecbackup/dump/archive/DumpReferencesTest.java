package io.parsecbackup.dump.archive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.dump.DatabaseSnapshot;
import io.parsecbackup.dump.Failures;
import io.parsecbackup.dump.ReferenceDump;
import io.parsecbackup.dump.restore.Databases;
import io.parsecbackup.job.DiskFailures;
import io.parsecbackup.parsec.BlockReferences;
import io.parsecbackup.postgres.connection.DatabaseUri;
import io.parsecbackup.repository.encryption.ReadableFile;
import io.parsecbackup.repository.index.Reference;
import io.parsecbackup.repository.index.ReferenceStream;
import io.parsecbackup.testing.MachinePgTools;
import io.parsecbackup.testing.ParsecData;
import io.parsecbackup.testing.ParsecStack;
import io.parsecbackup.testing.SmallDisk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rows of a dump give the same references as the database at the time of the dump. */
class DumpReferencesTest {

  private static ParsecStack stack;
  private static DatabaseUri source;

  @TempDir Path folder;

  @BeforeAll
  static void start() {
    stack = ParsecStack.start(ParsecData.Spec.of(60, 64).shared(10).unreferenced(3, 3));
    source = Databases.uri(stack.databaseUri());
    stack
        .database()
        .execute(
            ParsecStack.NAME,
            "COMMENT ON TABLE block IS 'a\nCOPY public.block (block_id, realm, size) FROM stdin;\nb'",
            // Another size in the second row of a key.
            "UPDATE block SET size = 9 WHERE _id = (SELECT max(_id) FROM block)",
            "UPDATE block SET size = 1024 WHERE _id = 1");
  }

  @AfterAll
  static void stop() {
    stack.close();
  }

  private Path dump(String... options) {
    Path file = folder.resolve("by hand");
    List<String> arguments = new ArrayList<>(List.of("--file=" + file));
    arguments.addAll(List.of(options));
    Databases.run(source, Databases.tools().pgDump(), arguments.toArray(String[]::new));
    return file;
  }

  private Optional<BlockReferences.Count> write(Path dump, Path target) {
    return write(dump, target, folder);
  }

  private static Optional<BlockReferences.Count> write(Path dump, Path target, Path scratch) {
    DumpProof proof = new DumpProof(MachinePgTools::get);
    Cancellation cancellation = new Cancellation();
    ReadableFile file = ReadableFile.plain(dump);
    DumpFacts facts = proof.facts(file, DumpReader.format(file), cancellation);
    return new DumpReferences(proof, facts, file, "public", cancellation).write(target, scratch);
  }

  private static List<Reference> read(Path list) throws IOException {
    List<Reference> all = new ArrayList<>();
    try (ReferenceStream references = new ReferenceStream(list)) {
      references.forEachRemaining(all::add);
    }
    return all;
  }

  @ParameterizedTest
  @ValueSource(strings = {"--format=custom", "--format=plain", "--quote-all-identifiers"})
  void areThoseOfTheDatabase(String option) throws Exception {
    Path expected = folder.resolve("expected.tsv");
    Optional<BlockReferences.Count> count;
    try (DatabaseSnapshot snapshot = DatabaseSnapshot.open(source)) {
      count = ReferenceDump.write(snapshot, expected);
    }
    Path list = folder.resolve("references.tsv");
    assertEquals(count, write(dump(option), list));
    assertEquals(60, count.orElseThrow().objects());
    assertEquals(read(expected), read(list));
    assertEquals(1, read(list).stream().filter(one -> one.size().isEmpty()).count());
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(list)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"--inserts", "--schema-only", "--exclude-table-data=realm", "--table=realm"})
  void areNotReadFromADumpInAnotherForm(String option) throws Exception {
    Path list = folder.resolve("references.tsv");
    assertEquals(Optional.empty(), write(dump(option), list));
    assertFalse(Files.exists(list));
  }

  @Test
  void areNotBlamedOnTheDumpIfTheDiskOfTheListFails() throws Exception {
    Path dump = dump();
    try (SmallDisk disk = SmallDisk.in(folder)) {
      disk.fill();
      if (disk.isReal()) {
        Path list = disk.folder().resolve("list");
        UncheckedIOException full =
            assertThrows(UncheckedIOException.class, () -> write(dump, list, folder));
        assertEquals(Problem.Kind.SPACE, DiskFailures.read(full).kind());
      }
    }
    Path gone = folder.resolve("gone");
    assertThrows(UncheckedIOException.class, () -> write(dump, gone.resolve("list"), folder));
    assertThrows(UncheckedIOException.class, () -> write(dump, folder.resolve("list"), gone));
  }

  @Test
  void areNotGuessedIfARowIsDamaged() throws Exception {
    Path dump = dump();
    String script = Files.readString(dump);
    Files.writeString(dump, script.replaceFirst("\t1024\t", "\t\\\\\\\\N\t"));
    String message =
        Failures.message(
            Problem.Kind.DATABASE, () -> write(dump, folder.resolve("references.tsv")));
    assertTrue(message.contains("a row of public.block has no size"), message);
  }
}

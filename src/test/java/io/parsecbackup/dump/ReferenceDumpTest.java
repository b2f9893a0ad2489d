package io.parsecbackup.dump;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.Problem;
import io.parsecbackup.dump.restore.Databases;
import io.parsecbackup.parsec.BlockReferences;
import io.parsecbackup.postgres.connection.DatabaseUri;
import io.parsecbackup.testing.ParsecData;
import io.parsecbackup.testing.ParsecStack;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The list of references next to a dump. */
class ReferenceDumpTest {

  private static ParsecStack stack;

  @TempDir Path folder;

  @BeforeAll
  static void start() {
    stack = ParsecStack.start(ParsecData.Spec.of(50, 64).shared(10).unreferenced(3, 3));
  }

  @AfterAll
  static void stop() {
    stack.close();
  }

  @Test
  void isTakenFromTheSnapshot() throws Exception {
    Path list = folder.resolve("references.tsv");
    List<String> then = stack.data().referencedKeys();
    try (DatabaseSnapshot snapshot = DatabaseSnapshot.open(Databases.uri(stack.databaseUri()))) {
      stack.data().addBlocks(5);
      assertEquals(
          Optional.of(new BlockReferences.Count(50, 50 * 64)), ReferenceDump.write(snapshot, list));
    }
    assertEquals(then.stream().map(key -> key + "\t64").toList(), Files.readAllLines(list));
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(list)));
  }

  @Test
  void isNotWrittenIfTheDatabaseHasNoParsecTables() throws Exception {
    stack.database().createDatabase("other");
    Path list = folder.resolve("references.tsv");
    try (DatabaseSnapshot snapshot =
        DatabaseSnapshot.open(Databases.uri(stack.database().uri("other")))) {
      assertEquals(Optional.empty(), ReferenceDump.write(snapshot, list));
    }
    assertFalse(Files.exists(list));
  }

  @Test
  void namesTheTableThatTheRoleCannotRead() {
    stack.database().createRole("reader", "secret");
    stack
        .database()
        .execute(ParsecStack.NAME, "GRANT SELECT ON migration, organization, realm TO reader");
    DatabaseUri uri = Databases.uri(stack.database().uri(ParsecStack.NAME, "reader", "secret"));
    String message =
        Failures.message(
            Problem.Kind.DATABASE,
            () -> {
              try (DatabaseSnapshot snapshot = DatabaseSnapshot.open(uri)) {
                ReferenceDump.write(snapshot, folder.resolve("references.tsv"));
              }
            });
    assertTrue(message.contains("block"), message);
    assertTrue(message.contains("GRANT pg_read_all_data TO \"reader\""), message);
    assertFalse(message.contains("secret"), message);
  }
}

package io.parsecbackup.dump.restore;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** The error for a dump that a database rejected. */
class FillFailureTest {

  @Test
  void showsNoRowsOfTheDatabase() {
    String stderr =
        """
        pg_restore: error: COPY failed for table "human": ERROR:  duplicate key value violates unique constraint "human_email"
        DETAIL:  Key (organization, email)=(1, alice@example.com) already exists.
        CONTEXT:  COPY human, line 5: "5	1	alice@example.com	Alice"
        CONTEXT:  COPY human, line 6, column email: "bob@example.com"
        """;
    String message =
        String.valueOf(
            FillFailure.of(
                    new DumpFill.Result(1, stderr, "pg_restore", true),
                    Databases.uri("postgresql://parsec@db/parsec"))
                .getMessage());
    assertFalse(message.contains("example.com"), message);
    assertTrue(message.contains("Key (organization, email)=(…) already exists"), message);
    assertTrue(message.contains("COPY human, line 5\n"), message);
    assertTrue(message.contains("COPY human, line 6, column email\n"), message);
  }

  /** These lines have the whole row, in which a value may have line breaks. */
  @Test
  void showsNoRowThatViolatesAConstraintAndNoRefusedValue() {
    String stderr =
        """
        pg_restore: error: COPY failed for table "human": ERROR:  new row for relation "human" violates check constraint "c"
        DETAIL:  Failing row contains (1, alice@example.com, Alice
        (example.com)).
        CONTEXT:  COPY human, line 5: "5	1	alice@example.com	Alice"
        psql:/tmp/x:7: ERROR:  invalid input syntax for type integer: "bob@example.com"
        LINE 1: INSERT INTO human VALUES ('bob@example.com', 'Bob');
                                          ^
        psql:/tmp/x:8: ERROR:  invalid input value for enum profile: "carol
        @example.com"
        """;
    String message =
        String.valueOf(
            FillFailure.of(
                    new DumpFill.Result(1, stderr, "psql", true),
                    Databases.uri("postgresql://parsec@db/parsec"))
                .getMessage());
    assertFalse(message.contains("example.com"), message);
    assertTrue(
        message.contains("Failing row contains (…)\nCONTEXT:  COPY human, line 5\n"), message);
    assertTrue(message.contains("for type integer: (…)\n"), message);
    assertTrue(message.contains("for enum profile: (…)"), message);
  }
}

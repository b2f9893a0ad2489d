package io.parsecbackup.dump;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.parsec.DatabaseUri;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;

/** Whether a database that was filled from a dump holds what the dump holds. */
record RestoreCheck(
    DumpProof proof, DumpFacts facts, Path dump, DatabaseUri target, Cancellation cancellation) {

  /** Throws a Problem unless its tables are the dump's, and Parsec's schema is of its version. */
  void require(String database) {
    OptionalInt expected = proof.newestMigration(facts, dump, cancellation);
    try (ServerSession inside = ServerSession.open(target.withDatabase(database), cancellation)) {
      DatabaseContents contents = DatabaseContents.of(inside);
      List<String> missing = facts.missingFrom(contents.tables());
      if (!missing.isEmpty() || !expected.equals(contents.parsecMigration())) {
        throw new Problem(
            Problem.Kind.DATABASE,
            "The database %s does not hold what the dump holds: %s"
                .formatted(
                    Sql.name(database),
                    missing.isEmpty()
                        ? "its newest migration is %s, the dump's %s"
                            .formatted(contents.parsecMigration(), expected)
                        : "tables are missing: " + String.join(", ", missing)));
      }
    }
  }
}

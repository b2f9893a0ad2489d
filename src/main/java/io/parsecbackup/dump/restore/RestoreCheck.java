package io.parsecbackup.dump.restore;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.dump.RowCount;
import io.parsecbackup.dump.archive.DumpProof;
import io.parsecbackup.dump.archive.DumpRows;
import io.parsecbackup.postgres.ServerSession;
import io.parsecbackup.postgres.Sql;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jboss.logging.Logger;

/** Checks that a restored database has the contents of the dump. */
record RestoreCheck(DumpProof proof, DatabasePlan.Request request, Cancellation cancellation) {

  private static final Logger LOG = Logger.getLogger(RestoreCheck.class);

  private static final Duration LONGEST_LOOK = Duration.ofSeconds(30);

  /** Throws a Problem unless it has the dump's tables and the dump's newest migration. */
  void require(String database) {
    try (ServerSession inside =
        ServerSession.open(request.target().withDatabase(database), cancellation)) {
      Optional<String> difference = schemaDifference(inside, request.migration());
      if (difference.isPresent()) {
        throw new Problem(
            Problem.Kind.DATABASE,
            "The database %s does not have the contents of the dump: %s. Restore another backup."
                .formatted(Sql.name(database), difference.get()));
      }
    }
  }

  /**
   * A warning if the server would not find its tables. Its SQL names no schema, and the settings
   * for the search path (a role's name, ALTER ROLE or ALTER DATABASE) are not in the dump.
   */
  List<String> searchPath(String database) {
    Optional<String> schema = request.schema();
    if (schema.isEmpty()) {
      return List.of();
    }
    String name = Sql.name(schema.get());
    // The restore is done; neither a cancellation nor a failure of this check changes that.
    try (ServerSession inside =
        ServerSession.open(request.target().withDatabase(database), CleanUp.timer(LONGEST_LOOK))) {
      boolean found =
          inside.is(
              "SELECT coalesce(pg_table_is_visible(to_regclass(%s)), false)"
                  .formatted(Sql.literal(name + ".block")));
      return found
          ? List.of()
          : List.of(
              "Parsec's tables are in the schema %1$s, which is not in the search_path of the role %2$s. If it is not in that of the Parsec server either, run: ALTER DATABASE %3$s SET search_path TO %1$s, public"
                  .formatted(name, Sql.name(request.target().user()), Sql.name(database)));
    } catch (Problem e) {
      LOG.warnf("The search path of %s could not be read: %s", database, e.getMessage());
      return List.of();
    }
  }

  /**
   * Searches for a difference between the dump and a database that was filled earlier. Makes the
   * checks of {@link #require}, and counts the rows of each table. Reads the whole dump.
   *
   * @return the difference, in words; empty if they are equal
   */
  Optional<String> difference(String database) {
    DumpRows rows = proof.readThrough(request.facts(), request.dump().file(), cancellation);
    try (ServerSession inside =
        ServerSession.open(request.target().withDatabase(database), cancellation)) {
      Optional<String> difference =
          schemaDifference(inside, rows.newestMigration(request.schema()));
      return difference.isPresent() ? difference : rowDifference(inside, rows);
    }
  }

  private Optional<String> schemaDifference(ServerSession inside, OptionalInt expected) {
    DatabaseContents contents = DatabaseContents.of(inside, request.schema());
    List<String> missing = request.facts().missingFrom(contents.tables());
    if (!missing.isEmpty()) {
      return Optional.of("tables are missing: " + String.join(", ", missing));
    }
    // The rows of a dump with --inserts are not known; then only the tables are compared.
    return expected.isEmpty() || expected.equals(contents.parsecMigration())
        ? Optional.empty()
        : Optional.of(
            "its newest migration is %s, the dump's %s"
                .formatted(words(contents.parsecMigration()), words(expected)));
  }

  private Optional<String> rowDifference(ServerSession inside, DumpRows rows) {
    if (rows.tables().isEmpty() && !request.facts().tables().isEmpty()) {
      return Optional.of("the rows of a dump that was made with --inserts cannot be counted");
    }
    RowCount counted = inside.with(connection -> RowCount.of(connection, cancellation));
    return counted.against(rows.tables()).stream()
        .findFirst()
        .map(difference ->
            difference.found().isEmpty()
                ? "the table " + difference.table() + " is missing"
                : "its table %s has %d rows, the dump's %d"
                    .formatted(
                        difference.table(), difference.found().getAsLong(), difference.expected()));
  }

  private static String words(OptionalInt migration) {
    return migration.isPresent() ? Integer.toString(migration.getAsInt()) : "none";
  }
}

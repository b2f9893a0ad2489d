package io.parsecbackup.backup.doctor;

import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.backup.RepositorySettings;
import io.parsecbackup.backup.SourceDatabase;
import io.parsecbackup.backup.SourceSettings;
import io.parsecbackup.dump.DatabaseSnapshot;
import io.parsecbackup.dump.ReadRights;
import io.parsecbackup.job.DiskFailures;
import io.parsecbackup.parsec.ParsecTables;
import io.parsecbackup.postgres.Standby;
import io.parsecbackup.repository.Identity;
import io.parsecbackup.repository.Source;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The doctor's checks of a database that answers.
 *
 * @param dumped whether backups contain a dump
 */
record DatabaseChecks(
    boolean dumped,
    RepositorySettings repositorySettings,
    SourceSettings sourceSettings,
    Clock clock) {

  /** Above this, a backup's id and its date differ visibly. */
  private static final Duration SKEW = Duration.ofMinutes(1);

  List<CheckResult> all() {
    List<CheckResult> found = new ArrayList<>();
    try (DatabaseSnapshot snapshot = DatabaseSnapshot.open(sourceSettings.database())) {
      found.add(
          CheckResult.examine(
              "rights",
              () -> {
                if (dumped) {
                  ReadRights.require(snapshot);
                  return "the role may read all tables and sequences";
                }
                ReadRights.requireReferences(snapshot);
                return "the role may read the tables that name the blocks";
              }));
      found.add(tables(snapshot.database().tables()));
      Optional<Standby> standby = snapshot.server().standby();
      Instant serverTime = standby.map(Standby::now).orElse(snapshot.facts().snapshotAt());
      found.add(clock(Duration.between(clock.instant(), serverTime)));
      standby.map(DatabaseChecks::standby).ifPresent(found::add);
      found.add(CheckResult.examine("binding", () -> binding(snapshot)));
    } catch (Problem e) {
      found.add(CheckResult.failed("rights", e));
    }
    return found;
  }

  private static CheckResult standby(Standby standby) {
    if (standby.caughtUp()) {
      return CheckResult.ok(
          "standby", "the server is a standby that has replayed everything that" + " it received");
    }
    return CheckResult.note(
        "standby",
        "the server is a standby. Its data, and so a backup, are from "
            + standby.dataAt()
            + ", "
            + standby.lag().toSeconds()
            + " s ago; "
            + standby.remedy());
  }

  private static CheckResult tables(Optional<ParsecTables> tables) {
    if (tables.isEmpty()) {
      return CheckResult.failed(
          "tables",
          new Problem(
              Kind.DATABASE,
              "the database has no tables of a Parsec server, so no backup of it can be complete."
                  + " Check the database, the role and the search_path in PARSEC_DB"));
    }
    String where = "Parsec's tables are in the schema " + tables.get().schema();
    return tables.get().visible()
        ? CheckResult.ok("tables", where)
        : CheckResult.note(
            "tables",
            where
                + ", which is not in the search_path of this role. If the server uses another"
                + " schema, name it in PARSEC_DB: ?search_path=NAME");
  }

  private static CheckResult clock(Duration ahead) {
    String detail =
        "the database's clock is "
            + ahead.abs().toSeconds()
            + " s "
            + (ahead.isNegative() ? "behind" : "ahead of")
            + " this machine's";
    return ahead.abs().compareTo(SKEW) > 0
        ? CheckResult.note(
            "clock",
            detail
                + ": synchronize both with NTP, because backups are dated by the database's clock")
        : CheckResult.ok("clock", detail);
  }

  private String binding(DatabaseSnapshot snapshot) {
    try {
      Optional<Identity> identity = repositorySettings.repository().identity();
      if (identity.isEmpty()) {
        return "the first backup will bind the repository to this source";
      }
      Source source =
          new Source(
              snapshot.server().systemIdentifier(),
              snapshot.database().name(),
              SourceDatabase.buckets(sourceSettings.blockstore()));
      if (!identity.get().source().matches(source)) {
        throw new Problem(
            Kind.REPOSITORY,
            "the repository is bound to "
                + identity.get().source()
                + ", the configured source is "
                + source
                + ". Use another repository, or run 'adopt' if the source has moved");
      }
      return "the repository is bound to " + identity.get().source();
    } catch (IOException e) {
      throw DiskFailures.read(e);
    }
  }
}

package io.parsecbackup.backup;

import io.parsecbackup.Cancellation;
import io.parsecbackup.dump.DatabaseDumper;
import io.parsecbackup.dump.DatabaseSnapshot;
import io.parsecbackup.dump.Dump;
import io.parsecbackup.dump.ReferenceDump;
import io.parsecbackup.dump.RowCount;
import io.parsecbackup.objectstore.fetch.BucketFetcher;
import io.parsecbackup.objectstore.fetch.CollisionList;
import io.parsecbackup.parsec.BlockReferences;
import io.parsecbackup.parsec.Blockstore;
import io.parsecbackup.parsec.ParsecTables;
import io.parsecbackup.parsec.UnreadableOrganizations;
import io.parsecbackup.postgres.Standby;
import io.parsecbackup.postgres.connection.DatabaseUri;
import io.parsecbackup.repository.AcceptedLoss;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.Source;
import io.parsecbackup.repository.Workspace;
import io.parsecbackup.repository.index.RecordStream;
import io.parsecbackup.repository.storage.Layout;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** The database's part of a backup: all of it is of one instant. */
public record SourceDatabase(
    DatabaseUri uri,
    Blockstore blockstore,
    DatabaseDumper dumper,
    BucketFetcher sync,
    Repository repository) {

  /** A standby is always a little behind. */
  private static final Duration LAG_TO_WARN_OF = Duration.ofMinutes(5);

  /**
   * What was taken, in scratch.
   *
   * @param references the objects that the dump refers to; empty where it has no tables of Parsec's
   * @param missing those that should be in the dump itself, and are not; empty when there are none
   * @param rows how many rows each table has
   */
  record Taken(Dump dump, Optional<Path> references, Optional<Path> missing, Path rows) {}

  /**
   * Dumps the database, once the repository is bound to it. The snapshot is let go of at the end.
   *
   * @throws io.parsecbackup.Problem when the repository is another source's, the disk is too full,
   *     or the database does not give it all
   */
  Taken take(Workspace workspace, BackupReport report, Progress progress, Cancellation cancellation)
      throws IOException {
    try (DatabaseSnapshot snapshot = dumper.snapshot(uri, cancellation)) {
      report.source(snapshot.facts());
      bind(snapshot);
      DatabaseDumper.requireSpace(workspace.scratch(), lastDumpBytes());
      // First, for it finds out in less time what the role may not read.
      Path list = workspace.file(Layout.REFERENCES);
      Optional<BlockReferences.Count> count = ReferenceDump.write(snapshot, list);
      report.referenced(count);
      if (count.isEmpty()) {
        report.warn(
            "the database has no tables of a Parsec server, so nothing shows which objects the"
                + " backup needs: it is incomplete. Check PARSEC_DB: its database, its role, and"
                + " the search_path");
      }
      Optional<ParsecTables> tables = snapshot.database().tables();
      if (tables.isPresent() && count.orElseThrow().collisions() > 0) {
        listCollisions(snapshot, tables.get(), workspace);
      }
      Optional<Path> missing =
          tables.isPresent() && blockstore instanceof Blockstore.Postgresql
              ? missing(snapshot, tables.get(), workspace, progress)
              : Optional.empty();
      // Before the dump: the locks of this count keep every table as it is until both are done.
      Path rows = workspace.file(Layout.ROWS);
      RowCount.of(snapshot, cancellation).tables().write(rows);
      if (tables.isPresent()) {
        refuseUnreadable(snapshot, tables.get(), report, progress);
      }
      snapshot.server().standby().ifPresent(standby -> warnOfLag(standby, report));
      progress.enter(Progress.Phase.DUMP);
      Dump dump =
          dumper.dump(
              snapshot,
              uri,
              workspace.file(dumper.format().fileName()),
              progress::dumped,
              cancellation);
      report.dump(dump);
      return new Taken(dump, count.map(counted -> list), missing, rows);
    }
  }

  private static void warnOfLag(Standby standby, BackupReport report) {
    if (standby.lag().compareTo(LAG_TO_WARN_OF) > 0) {
      report.warn(
          "the server is a standby whose data are of "
              + standby.dataAt()
              + ", the backup's date; "
              + standby.remedy());
    }
  }

  /** Such an organization has no keys; the dump holds its rows all the same. */
  private static void refuseUnreadable(
      DatabaseSnapshot snapshot, ParsecTables tables, BackupReport report, Progress progress) {
    try {
      UnreadableOrganizations unreadable =
          UnreadableOrganizations.find(snapshot.connection(), tables);
      if (!unreadable.ids().isEmpty()) {
        progress.sync().refuse(unreadable.blocks());
        report.warn(
            "the ids of organizations are not UTF-8, so their "
                + unreadable.blocks()
                + " blocks have no keys and were left out; a Parsec server cannot serve them"
                + " either. Correct organization_id in the table organization: "
                + String.join(", ", unreadable.names()));
      }
    } catch (SQLException e) {
      throw snapshot.meaning(e);
    }
  }

  /** A mistyped bucket must not become the one that the repository belongs to. */
  private void bind(DatabaseSnapshot snapshot) throws IOException {
    if (repository.identity().isEmpty()) {
      sync.checkReachable(blockstore);
    }
    repository.bind(
        new Source(
            snapshot.server().systemIdentifier(), snapshot.database().name(), buckets(blockstore)));
  }

  public static List<String> buckets(Blockstore blockstore) {
    return blockstore.buckets().stream().map(Blockstore.S3::bucket).toList();
  }

  private OptionalLong lastDumpBytes() throws IOException {
    return new BackupCatalog(repository)
        .published().stream()
            .flatMap(backup -> backup.dump().stream())
            .mapToLong(Backup.DumpFile::bytes)
            .findFirst();
  }

  private static void listCollisions(
      DatabaseSnapshot snapshot, ParsecTables tables, Workspace workspace) throws IOException {
    try {
      CollisionList.write(snapshot.connection(), tables, workspace);
    } catch (SQLException e) {
      throw snapshot.meaning(e);
    }
  }

  private Optional<Path> missing(
      DatabaseSnapshot snapshot, ParsecTables tables, Workspace workspace, Progress progress)
      throws IOException {
    try (RecordStream<AcceptedLoss> accepted =
        repository.acceptedLosses().open(workspace.scratch(), "accepted-in-dump")) {
      return BlocksInDumpCheck.prove(
          snapshot.connection(), tables, workspace.file(Layout.MISSING), accepted, progress.sync());
    } catch (SQLException e) {
      throw snapshot.meaning(e);
    }
  }
}

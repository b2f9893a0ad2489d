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

/** Takes the database's part of a backup from one snapshot. */
public record SourceDatabase(
    DatabaseUri uri,
    Blockstore blockstore,
    DatabaseDumper dumper,
    BucketFetcher sync,
    Repository repository) {

  /** A smaller lag is normal. */
  private static final Duration LAG_TO_WARN_OF = Duration.ofMinutes(5);

  /**
   * The files that were taken, in the scratch folder.
   *
   * @param dump empty if another tool backs up the database; then there are no row counts either
   * @param references the objects that the dump, or the snapshot, refers to; empty if the database
   *     has no Parsec tables
   * @param missing the blocks that the dump should contain but does not; empty if it contains all
   * @param rows the row count of each table
   */
  record Result(
      Optional<Dump> dump,
      Optional<Path> references,
      Optional<Path> missing,
      Optional<Path> rows) {}

  /**
   * Binds the repository to the database, then dumps the database unless another tool backs it up.
   * Releases the snapshot at the end.
   *
   * @throws io.parsecbackup.Problem if the repository belongs to another source, there is not
   *     enough free space, or the database cannot be read completely
   */
  Result take(
      Workspace workspace, BackupReport report, Progress progress, Cancellation cancellation)
      throws IOException {
    try (DatabaseSnapshot snapshot = dumper.snapshot(uri, cancellation)) {
      report.source(snapshot.facts());
      bind(snapshot);
      if (dumper.takesDumps()) {
        DatabaseDumper.requireSpace(workspace.scratch(), lastDumpBytes());
      }
      snapshot.horizon().ifPresent(report::covered);
      // First, because it finds missing read rights sooner than the dump.
      Path list = workspace.file(Layout.REFERENCES);
      Optional<BlockReferences.Count> count = ReferenceDump.write(snapshot, list);
      report.referenced(count);
      if (count.isEmpty()) {
        report.warn(
            "the database has no tables of a Parsec server, so nothing shows which objects the"
                + " backup needs: it is incomplete. Check the database, the role and the"
                + " search_path in PARSEC_DB");
      }
      Optional<ParsecTables> tables = snapshot.database().tables();
      if (tables.isPresent() && count.orElseThrow().collisions() > 0) {
        listCollisions(snapshot, tables.get(), workspace);
      }
      Optional<Path> missing =
          tables.isPresent() && blockstore instanceof Blockstore.Postgresql
              ? missing(snapshot, tables.get(), workspace, progress)
              : Optional.empty();
      if (tables.isPresent()) {
        refuseUnreadable(snapshot, tables.get(), report, progress);
      }
      snapshot.server().standby().ifPresent(standby -> warnOfLag(standby, report));
      Optional<Path> references = count.map(counted -> list);
      if (!dumper.takesDumps()) {
        return new Result(Optional.empty(), references, missing, Optional.empty());
      }
      // Before the dump: the locks of this count prevent a change of any table until both are done.
      Path rows = workspace.file(Layout.ROWS);
      RowCount.of(snapshot, cancellation).tables().write(rows);
      progress.enter(Progress.Phase.DUMP);
      Dump dump =
          dumper.dump(
              snapshot, uri, workspace.file(dumper.fileName()), progress::dumped, cancellation);
      report.dump(dump);
      return new Result(Optional.of(dump), references, missing, Optional.of(rows));
    }
  }

  private static void warnOfLag(Standby standby, BackupReport report) {
    if (standby.lag().compareTo(LAG_TO_WARN_OF) > 0) {
      report.warn(
          "the server is a standby. Its data, and so this backup, are from "
              + standby.dataAt()
              + "; "
              + standby.remedy());
    }
  }

  /** Warns of organizations whose blocks have no keys. The dump still contains their rows. */
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
                + " blocks have no keys and were skipped; a Parsec server cannot serve them either."
                + " Correct organization_id in the table organization: "
                + String.join(", ", unreadable.names()));
      }
    } catch (SQLException e) {
      throw snapshot.meaning(e);
    }
  }

  /** Checks the bucket first: the repository must not be bound to a mistyped one. */
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

package io.parsecbackup.backup;

import io.parsecbackup.objectstore.fetch.FetchCounters;
import io.parsecbackup.objectstore.fetch.MissingListWriter;
import io.parsecbackup.parsec.BlockData;
import io.parsecbackup.parsec.ParsecTables;
import io.parsecbackup.repository.AcceptedLoss;
import io.parsecbackup.repository.MissingList;
import io.parsecbackup.repository.index.RecordStream;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * The proof for a server whose blocks are in its database: the dump then holds what it refers to,
 * and nothing is copied.
 */
public final class BlocksInDumpCheck {

  private BlocksInDumpCheck() {}

  /**
   * Compares the rows of blocks with the blocks, in the connection's snapshot.
   *
   * @param tables where the database has Parsec's tables
   * @param list a file that is not there yet
   * @param accepted the losses that were accepted
   * @return {@code list}, with a line for each block that is missing; empty when none is
   */
  public static Optional<Path> prove(
      Connection connection,
      ParsecTables tables,
      Path list,
      RecordStream<AcceptedLoss> accepted,
      FetchCounters counters)
      throws SQLException, IOException {
    AcceptedRows losses = new AcceptedRows(accepted);
    try (MissingListWriter missing = new MissingListWriter(list)) {
      BlockData.findMissing(
          connection,
          tables,
          (key, size, stored) -> {
            boolean isAccepted = losses.contains(key, size);
            counters.countMissing(isAccepted);
            missing.add(
                key,
                (isAccepted ? MissingList.ACCEPTED : "")
                    + (stored.isPresent()
                        ? "the table block says "
                            + size
                            + " bytes, block_data has "
                            + stored.getAsLong()
                        : "block_data has no such block"));
          });
      return missing.file();
    }
  }

  /** The accepted losses, row by row: a key may come several times, with a size each. */
  private static final class AcceptedRows {
    private final RecordStream<AcceptedLoss> accepted;
    private String key = "";
    private List<String> sizes = List.of();

    AcceptedRows(RecordStream<AcceptedLoss> accepted) {
      this.accepted = accepted;
    }

    boolean contains(String rowKey, long size) {
      if (!rowKey.equals(key)) {
        key = rowKey;
        sizes =
            accepted
                .take(rowKey)
                .map(loss -> List.of(loss.sizes().split(",", -1)))
                .orElse(List.of());
      }
      return sizes.contains(Long.toString(size));
    }
  }
}

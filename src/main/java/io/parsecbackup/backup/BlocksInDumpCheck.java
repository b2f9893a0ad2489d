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
 * Proves a backup of a server that stores blocks in its database. The dump contains the blocks that
 * it refers to, and no object is copied.
 */
public final class BlocksInDumpCheck {

  private BlocksInDumpCheck() {}

  /**
   * Compares the rows of the table {@code block} with the blocks in {@code block_data}, in the
   * connection's snapshot.
   *
   * @param tables Parsec's tables in the database
   * @param list a file that does not exist yet
   * @param accepted the accepted losses
   * @return {@code list}, with a line for each block that is missing; empty if no block is missing
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

  /** Finds accepted losses by row. A key may have several rows with different sizes. */
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

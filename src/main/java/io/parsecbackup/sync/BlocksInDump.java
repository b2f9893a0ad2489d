package io.parsecbackup.sync;

import io.parsecbackup.parsec.BlockData;
import io.parsecbackup.parsec.ParsecTables;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/**
 * The proof for a server whose blocks are in its database: the dump then holds what it refers to,
 * and nothing is copied.
 */
public final class BlocksInDump {

  private BlocksInDump() {}

  /**
   * Compares the rows of blocks with the blocks, in the connection's snapshot.
   *
   * @param tables where the database has Parsec's tables
   * @param list a file that is not there yet
   * @return {@code list}, with a line for each block that is lacking; empty when none is
   */
  public static Optional<Path> prove(
      Connection connection, ParsecTables tables, Path list, SyncCounters counters)
      throws SQLException, IOException {
    try (MissingObjects missing = new MissingObjects(list)) {
      BlockData.findLacking(
          connection,
          tables,
          (key, size, stored) -> {
            counters.missing.increment();
            missing.add(
                key,
                stored.isPresent()
                    ? "the table block says "
                        + size
                        + " bytes, block_data has "
                        + stored.getAsLong()
                    : "block_data has no such block");
          });
      return missing.file();
    }
  }
}

package io.parsecbackup.dump;

import io.parsecbackup.parsec.BlockReferences;
import io.parsecbackup.parsec.ParsecTables;
import io.parsecbackup.repository.storage.PrivateFiles;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Optional;

/** Writes the list of objects that a dump refers to, from the dump's snapshot. */
public final class ReferenceDump {

  private static final int BUFFER = 1 << 16;

  private ReferenceDump() {}

  /**
   * Writes the list in the form of {@link BlockReferences#copy}.
   *
   * @param target a file that does not exist yet; only its owner may read it
   * @return the number of objects; empty, without a file, if the database has no Parsec tables
   * @throws io.parsecbackup.Problem of kind DATABASE if they cannot be read; of kind CANCELLED
   * @throws IOException if the disk fails
   */
  public static Optional<BlockReferences.Count> write(DatabaseSnapshot snapshot, Path target)
      throws IOException {
    Optional<ParsecTables> tables = snapshot.database().tables();
    if (tables.isEmpty()) {
      return Optional.empty();
    }
    try (OutputStream out =
        new BufferedOutputStream(Channels.newOutputStream(PrivateFiles.create(target)), BUFFER)) {
      return Optional.of(BlockReferences.copy(snapshot.connection(), tables.get(), out));
    } catch (SQLException e) {
      throw snapshot.meaning(e);
    }
  }
}

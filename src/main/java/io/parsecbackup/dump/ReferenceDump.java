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

/** The list of objects that a dump refers to, of the same instant as the dump. */
public final class ReferenceDump {

  private static final int BUFFER = 1 << 16;

  private ReferenceDump() {}

  /**
   * Writes the list, as {@link BlockReferences#copy} has it.
   *
   * @param target a file that is not there yet; only its owner may read it
   * @return how many there are; empty, and no file, where the database has no tables of Parsec's
   * @throws io.parsecbackup.Problem of kind DATABASE when they cannot be read, of kind CANCELLED
   * @throws IOException when the disk fails
   */
  public static Optional<BlockReferences.Count> write(DatabaseSnapshot snapshot, Path target)
      throws IOException {
    Optional<ParsecTables> tables = snapshot.server().tables();
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

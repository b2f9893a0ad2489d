package io.parsecbackup.objectstore.fetch;

import io.parsecbackup.parsec.BlockCollisions;
import io.parsecbackup.parsec.ParsecTables;
import io.parsecbackup.repository.MissingList;
import io.parsecbackup.repository.Workspace;
import io.parsecbackup.repository.index.KeyOrder;
import io.parsecbackup.repository.storage.PlainFiles;
import io.parsecbackup.repository.storage.PrivateFiles;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The block ids that several realms use with different sizes: a list in scratch, in key order, that
 * is read forward.
 */
public final class CollisionList implements AutoCloseable {

  static final String FILE = "collisions.tsv";
  private static final int MOST_ROWS_NAMED = 8;

  private final Optional<BufferedReader> lines;
  private @Nullable String head;

  private CollisionList(Optional<BufferedReader> lines) throws IOException {
    this.lines = lines;
    advance();
  }

  /**
   * Writes the list to the run's scratch.
   *
   * @param connection in the snapshot of the dump
   */
  public static void write(Connection connection, ParsecTables tables, Workspace workspace)
      throws SQLException, IOException {
    try (BufferedWriter out =
        new BufferedWriter(
            Channels.newWriter(
                PrivateFiles.create(workspace.file(FILE)), StandardCharsets.UTF_8))) {
      BlockCollisions.find(
          connection,
          tables,
          (key, size, realm) ->
              out.write(MissingList.escape(key) + "\t" + size + "\t" + realm + "\n"));
    }
  }

  /** Opens the list that {@link #write} wrote; an empty one if it was not called. */
  static CollisionList open(Workspace workspace) throws IOException {
    Path file = workspace.file(FILE);
    return new CollisionList(
        Files.exists(file)
            ? Optional.of(
                new BufferedReader(
                    new InputStreamReader(PlainFiles.open(file), StandardCharsets.UTF_8)))
            : Optional.empty());
  }

  /** Names the realms that use the block id of {@code key}. Keys must come in order. */
  Optional<String> explain(String key) throws IOException {
    String escaped = MissingList.escape(key);
    while (head != null && KeyOrder.compare(keyOf(head), escaped) < 0) {
      advance();
    }
    StringBuilder rows = new StringBuilder();
    int count = 0;
    while (head != null && keyOf(head).equals(escaped)) {
      String[] columns = head.split("\t", 3);
      if (columns.length == 3 && ++count <= MOST_ROWS_NAMED) {
        rows.append(count == 1 ? "" : ", ");
        rows.append(columns[1]).append(" bytes in realm ").append(columns[2]);
      }
      advance();
    }
    if (count == 0) {
      return Optional.empty();
    }
    return Optional.of(
        "realms of the organization "
            + key.substring(0, Math.max(0, key.lastIndexOf('/')))
            + " use this block id with different sizes ("
            + rows
            + (count > MOST_ROWS_NAMED ? ", and " + (count - MOST_ROWS_NAMED) + " more" : "")
            + "), so no object can match all of them");
  }

  private static String keyOf(String line) {
    int tab = line.indexOf('\t');
    return tab < 0 ? line : line.substring(0, tab);
  }

  private void advance() throws IOException {
    head = lines.isPresent() ? lines.get().readLine() : null;
  }

  @Override
  public void close() throws IOException {
    if (lines.isPresent()) {
      lines.get().close();
    }
  }
}

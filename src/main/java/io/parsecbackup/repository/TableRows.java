package io.parsecbackup.repository;

import io.parsecbackup.repository.index.FieldText;
import io.parsecbackup.repository.index.KeyOrder;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.PrivateFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A backup's {@value Layout#ROWS}: the number of rows of each table in the snapshot of the dump. A
 * line has a schema, a table and a number, separated by tabs and escaped as {@link FieldText} does.
 *
 * @param tables sorted by the bytes of schema and name
 */
public record TableRows(List<Table> tables) {

  /** One table, without the rows of its partitions and child tables. */
  public record Table(String schema, String name, long rows) {}

  private static final Comparator<Table> ORDER =
      Comparator.comparing(Table::schema, KeyOrder.BYTES)
          .thenComparing(Table::name, KeyOrder.BYTES);

  public TableRows {
    tables = tables.stream().sorted(ORDER).toList();
  }

  /**
   * Reads a file whose digest has been checked.
   *
   * @throws IOException when it cannot be read, or is not such a file
   */
  public static TableRows read(Path file) throws IOException {
    List<Table> tables = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      String[] columns = line.split("\t", -1);
      try {
        tables.add(
            new Table(
                FieldText.unescape(columns[0]),
                FieldText.unescape(columns[1]),
                Long.parseLong(columns[2])));
      } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
        throw new IOException(file + " is damaged: a line has no number of rows", e);
      }
    }
    return new TableRows(tables);
  }

  /**
   * Writes the file.
   *
   * @param file does not exist yet; only its owner may read it
   */
  public void write(Path file) throws IOException {
    StringBuilder text = new StringBuilder();
    for (Table table : tables) {
      text.append(FieldText.escape(table.schema()))
          .append('\t')
          .append(FieldText.escape(table.name()))
          .append('\t')
          .append(table.rows())
          .append('\n');
    }
    try (var out = PrivateFiles.create(file)) {
      var bytes = java.nio.ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        var unused = out.write(bytes);
      }
    }
  }
}

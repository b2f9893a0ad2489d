package io.parsecbackup.repository;

import io.parsecbackup.repository.index.FieldText;
import io.parsecbackup.repository.index.KeyOrder;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.PrivateFiles;
import io.parsecbackup.repository.storage.RepositoryFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A backup's {@value Layout#ROWS}: how many rows each table had in the snapshot that the dump was
 * made from. A line is a schema, a table and a number, with tabs between them and the escapes of
 * {@link FieldText}.
 *
 * @param tables in the order of the bytes of schema and name
 */
public record TableRows(List<Table> tables) {

  /** One table, without its children's rows. */
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
   * @throws IOException when it cannot be read, or is no such file
   */
  public static TableRows read(RepositoryFiles files, Path file) throws IOException {
    List<Table> tables = new ArrayList<>();
    for (String line : new String(files.document(file), StandardCharsets.UTF_8).lines().toList()) {
      String[] columns = line.split("\t", -1);
      try {
        tables.add(
            new Table(
                FieldText.unescape(columns[0]),
                FieldText.unescape(columns[1]),
                Long.parseLong(columns[2])));
      } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
        throw new IOException(file + " is damaged: a line does not count a table's rows", e);
      }
    }
    return new TableRows(tables);
  }

  /**
   * Writes the file.
   *
   * @param file one that is not there yet; only its owner may read it
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

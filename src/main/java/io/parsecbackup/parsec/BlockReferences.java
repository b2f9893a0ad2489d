package io.parsecbackup.parsec;

import java.io.IOException;
import java.io.OutputStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/** The objects that a Parsec database refers to, in every 3.x schema. */
public final class BlockReferences {

  /**
   * In the order of the keys' UTF-8 bytes, whatever the database's encoding and collation: that of
   * the organizations with the slash, which comes before some characters of an id and after others,
   * and then that of the block ids. Sorted by few bytes and without DISTINCT, which would sort
   * texts (see docs/benchmarks.md); lines that are there twice are neighbours.
   */
  private static final String COPY =
      """
      COPY (SELECT o.prefix || b.block_id::text, b.size
            FROM {block} b
            JOIN {realm} r ON r._id = b.realm
            JOIN (SELECT _id, organization_id || '/' AS prefix,
                         (row_number() OVER
                            (ORDER BY convert_to(organization_id || '/', 'UTF8')))::int AS place
                  FROM {organization} WHERE {readable}) o ON o._id = r.organization
            ORDER BY int4send(o.place) || uuid_send(b.block_id), b.size)
      TO STDOUT
      """;

  private BlockReferences() {}

  /**
   * How many objects there are.
   *
   * @param bytes their sizes by the rows that name them
   * @param collisions how many rows name an object with another size than the row before them
   */
  public record Count(long objects, long bytes, long collisions) {

    /** Where no rows differ, or that is not known. */
    public Count(long objects, long bytes) {
      this(objects, bytes, 0);
    }
  }

  /**
   * Writes them all, as the connection's snapshot shows them: in each line an object's key, a tab
   * and its size in bytes, in UTF-8 and with PostgreSQL's escapes of a COPY; in the order of the
   * keys' UTF-8 bytes. An object whose rows name different sizes has a line for each.
   *
   * <p>Those of {@link UnreadableOrganizations} have no key and are left out.
   *
   * @param connection in a transaction, of PostgreSQL's own driver; a failed read ends it
   * @param tables where the database has Parsec's tables
   * @return how many there are
   * @throws SQLException also where the role may not read them
   * @throws IOException when {@code into} fails
   */
  public static Count copy(Connection connection, ParsecTables tables, OutputStream into)
      throws SQLException, IOException {
    UnreadableOrganizations unreadable = UnreadableOrganizations.find(connection, tables);
    String sql = COPY.replace("{readable}", unreadable.excludedFrom("_id"));
    for (String table : ParsecTables.REQUIRED) {
      sql = sql.replace("{" + table + "}", tables.name(table));
    }
    CopyOut copy = connection.unwrap(PGConnection.class).getCopyAPI().copyOut(sql);
    try {
      LineCount lines = new LineCount();
      for (byte[] line = copy.readFromCopy(); line != null; line = copy.readFromCopy()) {
        if (lines.add(line)) {
          into.write(line);
        }
      }
      return lines.count();
    } finally {
      if (copy.isActive()) {
        copy.cancelCopy();
      }
    }
  }

  /** Counts lines as they go by; those of one key are neighbours. */
  private static final class LineCount {
    private byte[] last = {};
    private int lastKey = -1;
    private long lastSize;
    private long objects;
    private long bytes;
    private long collisions;

    /** Whether the line is another one than the last. */
    boolean add(byte[] line) {
      if (Arrays.equals(line, last)) {
        return false;
      }
      int tab = line.length - 1;
      long size = 0;
      long digit = 1;
      while (line[tab] != '\t') {
        if (line[tab] != '\n') {
          size += (line[tab] - '0') * digit;
          digit *= 10;
        }
        tab--;
      }
      if (tab == lastKey && Arrays.equals(line, 0, tab, last, 0, tab)) {
        // Of two sizes the larger, which comes last.
        bytes += size - lastSize;
        collisions++;
      } else {
        objects++;
        bytes += size;
      }
      last = line;
      lastKey = tab;
      lastSize = size;
      return true;
    }

    Count count() {
      return new Count(objects, bytes, collisions);
    }
  }
}

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
   * Sorts by the keys' UTF-8 bytes, for any encoding and collation of the database: first by
   * organization including the slash, which is lower than some characters of an id and higher than
   * others, then by block id. It compares few bytes and does not use DISTINCT, which would sort
   * texts (see docs/benchmarks.md). Duplicate lines are neighbours.
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
   * @param bytes total of their sizes, as the rows say
   * @param collisions how many rows name an object with another size than the previous row
   */
  public record Count(long objects, long bytes, long collisions) {

    /** Without collisions, or if their number is unknown. */
    public Count(long objects, long bytes) {
      this(objects, bytes, 0);
    }
  }

  /**
   * Writes all references in the connection's snapshot. A line has an object's key, a tab and its
   * size in bytes, in UTF-8 and with the escapes of PostgreSQL's COPY. Lines are in the order of
   * the keys' UTF-8 bytes. An object whose rows have different sizes has a line for each.
   *
   * <p>Blocks of {@link UnreadableOrganizations} have no key and are skipped.
   *
   * @param connection of PostgreSQL's own driver, in a transaction; a failed read ends it
   * @param tables where the database has Parsec's tables
   * @return how many there are
   * @throws SQLException also when the role may not read the tables
   * @throws IOException when {@code into} cannot be written
   */
  public static Count copy(Connection connection, ParsecTables tables, OutputStream into)
      throws SQLException, IOException {
    UnreadableOrganizations unreadable = UnreadableOrganizations.find(connection, tables);
    String sql = tables.sql(COPY).replace("{readable}", unreadable.excludedFrom("_id"));
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

  /** Counts lines. Those with the same key are neighbours. */
  private static final class LineCount {
    private byte[] last = {};
    private int lastKey = -1;
    private long lastSize;
    private long objects;
    private long bytes;
    private long collisions;

    /** Whether the line differs from the previous one. */
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
        // Counts the larger size, which comes last.
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

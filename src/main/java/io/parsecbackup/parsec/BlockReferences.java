package io.parsecbackup.parsec;

import java.io.IOException;
import java.io.OutputStream;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Optional;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/** The objects that a Parsec database refers to, in every 3.x schema. */
public final class BlockReferences {

  private static final String TABLES =
      """
      SELECT to_regclass('public.block') IS NOT NULL
         AND to_regclass('public.realm') IS NOT NULL
         AND to_regclass('public.organization') IS NOT NULL,
         getdatabaseencoding() = 'UTF8'
      """;

  /**
   * A block that two realms share has two rows and one object. The order is that of the keys' UTF-8
   * bytes: of the organizations with the slash, for the slash comes before some characters of an id
   * and after others; and of the block ids, whose digits all have one length. Both are sorted
   * faster than the keys themselves are.
   */
  private static final String COPY =
      """
      COPY (SELECT organization || block_id::text, size
            FROM (SELECT DISTINCT %s AS place, o.organization_id || '/' AS organization,
                         b.block_id, b.size
                  FROM public.block b
                  JOIN public.realm r ON r._id = b.realm
                  JOIN public.organization o ON o._id = r.organization
                  ORDER BY 1, 3, 4) AS referenced)
      TO STDOUT
      """;

  private static final String PLACE_IN_UTF8 = "(o.organization_id || '/') COLLATE \"C\"";

  /** In another encoding COLLATE "C" would give the order of that encoding's bytes. */
  private static final String PLACE_ELSEWHERE = "convert_to(o.organization_id || '/', 'UTF8')";

  private BlockReferences() {}

  /**
   * How many objects there are.
   *
   * @param bytes their sizes by the rows that name them
   */
  public record Count(long objects, long bytes) {}

  /**
   * Writes them all, as the connection's snapshot shows them: in each line an object's key, a tab
   * and its size in bytes, in UTF-8 and with PostgreSQL's escapes of a COPY; in the order of the
   * keys' UTF-8 bytes. An object whose rows name different sizes has a line for each.
   *
   * @param connection in a transaction, of PostgreSQL's own driver; a failed read ends it
   * @return how many there are; empty, with nothing written, where the database has no tables of
   *     Parsec's
   * @throws SQLException also where the role may not read them
   * @throws IOException when {@code into} fails
   */
  public static Optional<Count> copy(Connection connection, OutputStream into)
      throws SQLException, IOException {
    boolean utf8;
    try (Statement statement = connection.createStatement();
        ResultSet tables = statement.executeQuery(TABLES)) {
      tables.next();
      if (!tables.getBoolean(1)) {
        return Optional.empty();
      }
      utf8 = tables.getBoolean(2);
    }
    CopyOut copy =
        connection
            .unwrap(PGConnection.class)
            .getCopyAPI()
            .copyOut(COPY.formatted(utf8 ? PLACE_IN_UTF8 : PLACE_ELSEWHERE));
    try {
      LineCount lines = new LineCount();
      for (byte[] line = copy.readFromCopy(); line != null; line = copy.readFromCopy()) {
        lines.add(line);
        into.write(line);
      }
      return Optional.of(lines.count());
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

    void add(byte[] line) {
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
      } else {
        objects++;
        bytes += size;
      }
      last = line;
      lastKey = tab;
      lastSize = size;
    }

    Count count() {
      return new Count(objects, bytes);
    }
  }
}

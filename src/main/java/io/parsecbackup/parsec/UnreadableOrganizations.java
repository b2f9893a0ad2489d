package io.parsecbackup.parsec;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Organizations whose ids are not UTF-8, which only a database with the encoding SQL_ASCII can
 * have. A Parsec server cannot serve them and cannot have stored objects for them, because an
 * object's key is UTF-8.
 *
 * @param ids their numbers in the table
 * @param names their ids as text, with {@code \x} escapes
 * @param blocks how many blocks they have
 */
public record UnreadableOrganizations(List<Integer> ids, List<String> names, long blocks) {

  private static final UnreadableOrganizations NONE =
      new UnreadableOrganizations(List.of(), List.of(), 0);

  /** Finds them in the connection's snapshot. */
  public static UnreadableOrganizations find(Connection connection, ParsecTables tables)
      throws SQLException {
    try (Statement statement = connection.createStatement()) {
      try (ResultSet row = statement.executeQuery("SELECT current_setting('server_encoding')")) {
        row.next();
        if (!row.getString(1).equals("SQL_ASCII")) {
          return NONE;
        }
      }
      List<Integer> ids = new ArrayList<>();
      List<String> names = new ArrayList<>();
      try (ResultSet rows =
          statement.executeQuery(
              "SELECT _id, convert_to(organization_id, 'SQL_ASCII') FROM "
                  + tables.name("organization")
                  + " ORDER BY _id")) {
        while (rows.next()) {
          byte[] id = rows.getBytes(2);
          if (!isUtf8(id)) {
            ids.add(rows.getInt(1));
            names.add(shown(id));
          }
        }
      }
      return ids.isEmpty()
          ? NONE
          : new UnreadableOrganizations(ids, names, blocks(statement, tables, ids));
    }
  }

  private static long blocks(Statement statement, ParsecTables tables, List<Integer> ids)
      throws SQLException {
    try (ResultSet row =
        statement.executeQuery(
            "SELECT count(DISTINCT (r.organization, b.block_id)) FROM %s b JOIN %s r ON r._id = b.realm WHERE r.organization IN (%s)"
                .formatted(tables.name("block"), tables.name("realm"), list(ids)))) {
      row.next();
      return row.getLong(1);
    }
  }

  /** An SQL condition that excludes them, for a column with an organization's number. */
  String excludedFrom(String column) {
    return ids.isEmpty() ? "true" : column + " NOT IN (" + list(ids) + ")";
  }

  private static String list(List<Integer> ids) {
    return ids.stream().map(String::valueOf).collect(Collectors.joining(", "));
  }

  private static boolean isUtf8(byte[] id) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(id));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  private static String shown(byte[] id) {
    StringBuilder shown = new StringBuilder();
    for (byte b : id) {
      shown.append(b > ' ' && b != 0x7f ? "" + (char) b : "\\x%02x".formatted(b & 0xff));
    }
    return shown.toString();
  }
}

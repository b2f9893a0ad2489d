package io.parsecbackup.parsec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.testing.EmbeddedDatabase;
import io.parsecbackup.testing.ParsecSchema;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BlockReferencesTest {

  private static final Comparator<String> BYTES =
      Comparator.comparing(text -> text.getBytes(UTF_8), Arrays::compareUnsigned);

  private static EmbeddedDatabase server;

  @BeforeAll
  static void start() {
    server = EmbeddedDatabase.open();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  /** A database with Parsec's schema and no rows. */
  private static Connection create(String name, String encoding) throws SQLException {
    return create(name, encoding, "C");
  }

  private static Connection create(String name, String encoding, String locale)
      throws SQLException {
    server.execute(
        "postgres",
        "CREATE DATABASE %s ENCODING '%s' LOCALE '%s' TEMPLATE template0"
            .formatted(name, encoding, locale));
    Connection connection = server.connect(name);
    ParsecSchema.create(connection);
    try (Statement statement = connection.createStatement()) {
      // People and their devices do not matter here.
      statement.execute("SET session_replication_role = replica");
    }
    return connection;
  }

  /** Adds organization n with the realms 2n-1 and 2n. */
  private static void organization(Connection connection, int number, String id)
      throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO organization (_id, organization_id, _created_on) VALUES (?, ?, now())")) {
      insert.setInt(1, number);
      insert.setString(2, id);
      insert.executeUpdate();
    }
    try (Statement statement = connection.createStatement()) {
      for (int realm = 2 * number - 1; realm <= 2 * number; realm++) {
        statement.execute(
            "INSERT INTO realm (_id, organization, realm_id, key_index, created_on)"
                + " VALUES (%d, %d, md5('%d')::uuid, 1, now())".formatted(realm, number, realm));
      }
    }
  }

  private static void block(Connection connection, int realm, UUID id, int size)
      throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "INSERT INTO block (block_id, realm, author, size, created_on, key_index)"
              + " VALUES ('%s', %d, 1, %d, now(), 1)".formatted(id, realm, size));
    }
  }

  private record CopyResult(Optional<BlockReferences.Count> count, String text) {
    List<String> lines() {
      return text.lines().toList();
    }

    List<String> keys() {
      return lines().stream().map(line -> line.split("\t", -1)[0]).toList();
    }
  }

  private static CopyResult copy(Connection connection) throws SQLException, IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    connection.setAutoCommit(false);
    Optional<ParsecTables> tables = ParsecTables.find(connection, Optional.empty());
    Optional<BlockReferences.Count> count =
        tables.isPresent()
            ? Optional.of(BlockReferences.copy(connection, tables.get(), out))
            : Optional.empty();
    connection.commit();
    return new CopyResult(count, out.toString(UTF_8));
  }

  /** Adds blocks with random ids to each organization; returns the sorted keys. */
  private static List<String> fill(Connection connection, List<String> organizations)
      throws SQLException {
    List<String> keys = new ArrayList<>();
    List<String> ids =
        List.of(
            "ffffffff-ffff-4fff-bfff-ffffffffffff",
            "00000000-0000-4000-8000-000000000000",
            "9a000000-0000-4000-8000-000000000000",
            "a9000000-0000-4000-8000-000000000000");
    for (int i = 0; i < organizations.size(); i++) {
      organization(connection, i + 1, organizations.get(i));
      for (String id : ids) {
        block(connection, 2 * i + 1, UUID.fromString(id), 7);
        keys.add(organizations.get(i) + "/" + id);
      }
    }
    keys.sort(BYTES);
    return keys;
  }

  @ParameterizedTest
  @CsvSource({"utf8_c,C", "utf8_locale,C.UTF-8"})
  void areSortedByUtf8Bytes(String database, String locale) throws Exception {
    List<String> organizations =
        List.of(
            "a",
            "a-b",
            "A",
            "a0",
            "ab",
            "a_b",
            "é",
            "e",
            "é-",
            "Ａ",
            "𝐀",
            "𠮷野家",
            "\uff21-",
            "ｚ",
            "日本語の組織の長い名-x",
            "Z");
    try (Connection connection = create(database, "UTF8", locale)) {
      List<String> keys = fill(connection, organizations.stream().distinct().toList());
      CopyResult copied = copy(connection);
      assertEquals(keys, copied.keys());
      assertEquals(
          Optional.of(new BlockReferences.Count(keys.size(), 7L * keys.size())), copied.count());
      assertTrue(copied.text().endsWith("\t7\n"), copied::text);
    }
  }

  @Test
  void areUtf8InADatabaseOfAnotherEncoding() throws Exception {
    try (Connection connection = create("latin", "LATIN1")) {
      List<String> keys = fill(connection, List.of("z", "é", "a-b", "a", "ÿ", "A", "À-", "À"));
      assertEquals(keys, copy(connection).keys());
    }
  }

  /** KOI8-R orders letters differently from Unicode. */
  @Test
  void areSortedByUtf8BytesEvenIfTheDatabaseSortsDifferently() throws Exception {
    try (Connection connection = create("koi", "KOI8R")) {
      List<String> keys = fill(connection, List.of("ю", "а", "б", "ц", "z", "Ю", "Я"));
      assertEquals(keys, copy(connection).keys());
    }
  }

  @Test
  void areUtf8InADatabaseWithoutAnEncoding() throws Exception {
    try (Connection connection = create("ascii", "SQL_ASCII")) {
      List<String> keys = fill(connection, List.of("𠮷野家", "é", "Ａ", "a-b", "a", "A"));
      assertEquals(keys, copy(connection).keys());
    }
  }

  /** A collision is only explained: it must not make a backup fail. */
  @Test
  void explainCollisionsEvenIfTheOrganizationHasNoKeys() throws Exception {
    UUID torn = UUID.fromString("22222222-2222-4222-8222-222222222222");
    try (Connection connection = create("unreadable", "SQL_ASCII");
        Statement statement = connection.createStatement()) {
      organization(connection, 1, "One");
      organization(connection, 2, "Two");
      for (int realm = 1; realm <= 4; realm++) {
        block(connection, realm, torn, 100 + realm);
      }
      statement.execute("UPDATE organization SET organization_id = E'\\351' WHERE _id = 2");
      connection.setAutoCommit(false);
      List<String> rows = new ArrayList<>();
      BlockCollisions.find(
          connection,
          ParsecTables.find(connection, Optional.empty()).orElseThrow(),
          (key, size, realm) -> rows.add(key + " " + size));
      assertEquals(List.of("One/" + torn + " 101", "One/" + torn + " 102"), rows);
    }
  }

  @Test
  void nameAnObjectOfTwoRealmsOnceAndAnObjectWithTwoSizesTwice() throws Exception {
    UUID shared = UUID.fromString("11111111-1111-4111-8111-111111111111");
    UUID torn = UUID.fromString("22222222-2222-4222-8222-222222222222");
    UUID elsewhere = UUID.fromString("33333333-3333-4333-8333-333333333333");
    try (Connection connection = create("shared", "UTF8")) {
      organization(connection, 1, "One");
      organization(connection, 2, "Two");
      block(connection, 1, shared, 100);
      block(connection, 2, shared, 100);
      block(connection, 1, torn, 1000);
      block(connection, 2, torn, 99);
      // Not the same object: it belongs to another organization.
      block(connection, 1, elsewhere, 5);
      block(connection, 3, elsewhere, 6);
      CopyResult copied = copy(connection);
      assertEquals(
          List.of(
              "One/" + shared + "\t100",
              "One/" + torn + "\t99",
              "One/" + torn + "\t1000",
              "One/" + elsewhere + "\t5",
              "Two/" + elsewhere + "\t6"),
          copied.lines());
      assertEquals(
          Optional.of(new BlockReferences.Count(4, 100 + 1000 + 5 + 6, 1)), copied.count());
    }
  }

  @Test
  void includeBlocksThatParsecMarksAsDeleted() throws Exception {
    try (Connection connection = create("deleted", "UTF8");
        Statement statement = connection.createStatement()) {
      fill(connection, List.of("One"));
      statement.execute("UPDATE block SET deleted_on = now()");
      assertEquals(4, copy(connection).lines().size());
    }
  }

  @Test
  void areEmptyForAnEmptyParsecDatabase() throws Exception {
    try (Connection connection = create("empty", "UTF8")) {
      assertEquals(
          new CopyResult(Optional.of(new BlockReferences.Count(0, 0)), ""), copy(connection));
    }
  }

  @Test
  void areUnknownWithoutParsecsTables() throws Exception {
    server.createDatabase("foreign");
    try (Connection connection = server.connect("foreign");
        Statement statement = connection.createStatement()) {
      assertEquals(new CopyResult(Optional.empty(), ""), copy(connection));
      // One table of that name is not enough, and neither are tables in another schema.
      statement.execute("CREATE TABLE block (size int)");
      statement.execute("CREATE SCHEMA other");
      statement.execute("CREATE TABLE other.realm (organization int)");
      statement.execute("CREATE TABLE other.organization (organization_id text)");
      connection.commit();
      assertEquals(new CopyResult(Optional.empty(), ""), copy(connection));
    }
  }
}

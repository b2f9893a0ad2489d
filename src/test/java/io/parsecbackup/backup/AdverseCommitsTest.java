package io.parsecbackup.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.job.JobState;
import io.parsecbackup.testing.Content;
import io.parsecbackup.testing.CrashLab;
import io.parsecbackup.testing.ParsecData;
import io.parsecbackup.testing.ParsecStack;
import io.parsecbackup.testing.PlainCore;
import io.parsecbackup.testing.S3Request.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A row's number and date do not tell when it was committed: a backup contains what its snapshot
 * shows, whatever they are.
 */
@Timeout(120)
class AdverseCommitsTest {

  private static final Instant NOON = Instant.parse("2026-06-01T12:00:00Z");

  @TempDir static Path scratch;
  private static CrashLab lab;

  private Path repository;

  @BeforeAll
  static void start() {
    lab = CrashLab.start(ParsecData.Spec.of(4, 64), scratch);
  }

  @AfterAll
  static void stop() {
    lab.close();
  }

  @BeforeEach
  void takeTheFirst() throws IOException {
    repository = lab.place();
    backup(lab.stack().data().referencedKeys());
  }

  /** Takes a backup, which must fetch only these, list them, and be complete. */
  private List<String> backup(List<String> fresh) throws IOException {
    lab.proxy().reset();
    Backup backup = lab.run(repository, PlainCore.Sync.REFERENCES).document();
    assertEquals(JobState.COMPLETE, backup.state(), backup::toString);
    assertEquals(new TreeSet<>(fresh), new TreeSet<>(lab.proxy().fetched()));
    assertEquals(fresh.size(), lab.proxy().count(Kind.GET_OBJECT));
    List<String> references =
        Files.readAllLines(repository.resolve("backups/" + backup.id() + "/references.tsv"))
            .stream()
            .map(line -> line.substring(0, line.indexOf('\t')))
            .toList();
    assertTrue(references.containsAll(fresh), references::toString);
    assertEquals(references.size(), backup.objects().orElseThrow().referenced());
    return references;
  }

  private static Connection connect() throws SQLException {
    Connection connection = lab.stack().database().connect(ParsecStack.NAME);
    connection.setAutoCommit(false);
    return connection;
  }

  /** Puts an object and inserts its row, which others see after the commit. */
  private static String add(Connection connection, Instant createdOn) throws SQLException {
    UUID id = UUID.randomUUID();
    String key = ParsecData.ORGANIZATIONS.getFirst() + "/" + id;
    lab.bucket().put(key, Content.generated(key, 1, 99));
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO block (block_id, realm, author, size, created_on, key_index)"
                + " VALUES (?, 1, 1, 99, ?, 1)")) {
      insert.setObject(1, id);
      insert.setTimestamp(2, Timestamp.from(createdOn));
      insert.executeUpdate();
    }
    return key;
  }

  @Test
  void includesARowWithALowNumberThatIsCommittedLate() throws Exception {
    try (Connection slow = connect();
        Connection quick = connect()) {
      String low = add(slow, NOON);
      String high = add(quick, NOON.plusSeconds(1));
      quick.commit();
      assertTrue(!backup(List.of(high)).contains(low));
      String higher = add(quick, NOON.plusSeconds(2));
      quick.commit();
      String second = add(slow, NOON.plusSeconds(3));
      assertTrue(!backup(List.of(higher)).contains(low));
      slow.commit();
      assertTrue(backup(List.of(low, second)).containsAll(List.of(high, higher)));
      backup(List.of());
    }
  }

  @Test
  void ignoresARowThatWasRolledBack() throws Exception {
    try (Connection connection = connect()) {
      add(connection, NOON);
      backup(List.of());
      connection.rollback();
      backup(List.of());
      String after = add(connection, NOON);
      connection.commit();
      backup(List.of(after));
    }
  }

  @Test
  void includesRowsOfOneDateThatAreCommittedBeforeAndAfterABackup() throws Exception {
    try (Connection one = connect();
        Connection other = connect()) {
      String first = add(one, NOON);
      String second = add(other, NOON);
      one.commit();
      backup(List.of(first));
      other.commit();
      backup(List.of(second));
      String third = add(one, NOON);
      one.commit();
      backup(List.of(third));
    }
  }

  @Test
  void includesRowsWhoseDatesStepBack() throws Exception {
    try (Connection connection = connect()) {
      Instant date = NOON;
      for (int i = 0; i < 3; i++) {
        String key = add(connection, date);
        String future = add(connection, Instant.now().plusSeconds(86_400));
        connection.commit();
        backup(List.of(key, future));
        date = date.minusSeconds(86_400L * 365);
      }
    }
  }

  @Test
  void includesAnObjectWhoseRowWasDeletedAndInsertedAgain() throws Exception {
    try (Connection connection = connect()) {
      String key = add(connection, NOON);
      connection.commit();
      backup(List.of(key));
      try (PreparedStatement delete =
          connection.prepareStatement("DELETE FROM block WHERE block_id = ?")) {
        delete.setObject(1, UUID.fromString(key.substring(key.indexOf('/') + 1)));
        assertEquals(1, delete.executeUpdate());
      }
      connection.commit();
      assertTrue(!backup(List.of()).contains(key));
      assertTrue(Files.exists(repository.resolve("objects").resolve(key)));
    }
  }
}

package io.parsecbackup.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ParsecStackTest {

  private final ParsecStack stack =
      ParsecStack.start(ParsecData.Spec.of(103, 1000).unreferenced(3, 2).shared(4));

  @AfterAll
  void close() {
    stack.close();
  }

  @Test
  void rowsAndObjectsAreTheSameExceptForOrphans() throws SQLException {
    List<String> rows = stack.data().referencedKeys();
    List<String> orphans = new ArrayList<>(stack.bucket().list());
    assertTrue(orphans.containsAll(rows));
    orphans.removeAll(new HashSet<>(rows));
    assertEquals(5, orphans.size());
    assertEquals(
        2,
        orphans.stream().filter(key -> !key.substring(key.indexOf("/") + 1).contains("-")).count(),
        orphans::toString);
    assertEquals(
        rows.size() + 4, Integer.parseInt(single("SELECT count(*) FROM block")), "shared rows");
    assertEquals("24", single("SELECT max(_id) FROM migration"));
    for (String organization : ParsecData.ORGANIZATIONS) {
      assertTrue(rows.stream().anyMatch(key -> key.startsWith(organization + "/")), organization);
    }
    assertEquals(rows, rows.stream().sorted(S3Bucket.ORDER).toList());
  }

  @Test
  void theSameSpecificationGivesTheSameObjectsAndAnotherSeedOthers() {
    S3Bucket bucket = stack.bucket();
    try (EmbeddedS3 other = EmbeddedS3.open()) {
      stack.database().createDatabase("twin");
      ParsecData.Spec spec = ParsecData.Spec.of(100, 1000);
      ParsecData twin = ParsecData.fill(stack.database().jdbc("twin"), other.bucket("twin"), spec);
      twin.addBlocks(3);
      for (String key : twin.referencedKeys()) {
        assertEquals(
            other.bucket("twin").object(key).orElseThrow().etag(),
            bucket.object(key).orElseThrow().etag());
      }
      stack.database().createDatabase("stranger");
      ParsecData.fill(stack.database().jdbc("stranger"), other.bucket("stranger"), spec.seed(2));
      assertTrue(other.bucket("stranger").list().stream().noneMatch(bucket.list()::contains));
    }
  }

  @Test
  void describesItselfInTheServersTwoSettings() {
    assertEquals(
        Map.of("PARSEC_DB", stack.databaseUri(), "PARSEC_BLOCKSTORE", stack.blockstore()),
        stack.environment());
    assertTrue(stack.databaseUri().startsWith("postgresql://parsec:p%40rsec%3As3cret"));
    List<String> fields = List.of(Pattern.compile("(?<!\\\\):").split(stack.blockstore()));
    assertEquals(6, fields.size());
    assertEquals(stack.s3().endpoint().toString(), fields.get(1).replace("\\:", ":"));
    assertFalse(stack.blockstore().contains(" "));
  }

  @Test
  void comparesAFolderByteForByte(@TempDir Path folder) throws IOException {
    S3Bucket bucket = new S3Bucket("b", Clock.systemUTC());
    for (String key : List.of("A/1", "a/1", "é/1", "x/1")) {
      bucket.put(key, key);
      Path file = folder.resolve(key);
      Files.createDirectories(file.resolveSibling("."));
      Files.writeString(file, key);
      Files.setLastModifiedTime(
          file, FileTime.from(bucket.object(key).orElseThrow().lastModified()));
    }
    assertTrue(TreeComparison.of(folder, bucket).isExact());

    Files.writeString(folder.resolve("a/1"), "a/2");
    Files.delete(folder.resolve("é/1"));
    Files.writeString(folder.resolve("x/extra"), "");
    Files.setLastModifiedTime(folder.resolve("x/1"), FileTime.fromMillis(0));
    assertEquals(
        new TreeComparison(2, List.of("é/1"), List.of("x/extra"), List.of("a/1"), List.of("x/1")),
        TreeComparison.of(folder, bucket));
  }

  private String single(String sql) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection(stack.database().jdbc(ParsecStack.NAME));
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    }
  }
}

package io.parsecbackup.objectstore.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.Problem;
import io.parsecbackup.parsec.Blockstore;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BucketSettingTest {

  private static final String KEY = "parsec.backup.repository";
  private static final String PREFIX = "parsec.backup.repository-prefix";

  private static BucketSetting parse(String value, Optional<String> prefix) {
    return BucketSetting.parse(KEY, value, PREFIX, prefix);
  }

  @Test
  void readsParsecsGrammar() {
    BucketSetting setting =
        parse("s3:http\\://minio\\:9000:us-east-1:backups:KEY:SECRET", Optional.of("/a/b/"));
    assertEquals("a/b", setting.prefix());
    assertEquals("backups", setting.bucket());
    Blockstore.S3 store = setting.store().orElseThrow();
    assertEquals(Optional.of("http://minio:9000"), store.endpoint());
    assertFalse(setting.toString().contains("SECRET"));
  }

  @Test
  void readsAUrl() {
    assertEquals(
        new BucketSetting("bucket", Optional.empty(), "some/where"),
        parse("s3://bucket/some/where/", Optional.empty()));
    assertEquals(
        new BucketSetting("bucket", Optional.empty(), ""), parse("s3://bucket", Optional.empty()));
    assertEquals("p", parse("S3://bucket/", Optional.of("p")).prefix());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "s3:http://minio:9000:us-east-1:backups:KEY:SECRET",
        "s3::us-east-1:backups:KEY",
        "POSTGRESQL",
        "s3://",
        "s3:///prefix",
        "s3://KEY:SECRET@bucket",
        "s3://bucket/a//b",
        "s3://bucket/a/../b"
      })
  void refusesOtherValuesWithoutQuotingThem(String value) {
    Problem problem = assertThrows(Problem.class, () -> parse(value, Optional.empty()));
    assertEquals(Problem.Kind.CONFIGURATION, problem.kind());
    assertTrue(String.valueOf(problem.getMessage()).startsWith(KEY), problem.getMessage());
    assertFalse(
        String.valueOf(problem.getMessage()).replace("KEY:SECRET", "").contains("SECRET@"),
        problem.getMessage());
  }

  @Test
  void refusesTwoPrefixes() {
    assertThrows(Problem.class, () -> parse("s3://bucket/a", Optional.of("b")));
  }
}

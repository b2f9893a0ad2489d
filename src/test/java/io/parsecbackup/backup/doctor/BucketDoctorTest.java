package io.parsecbackup.backup.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.testing.CrashLab;
import io.parsecbackup.testing.ParsecData;
import io.parsecbackup.testing.PlainCore;
import io.parsecbackup.testing.ProtectedBucket;
import io.parsecbackup.testing.ProtectedBucket.Server;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What {@code doctor} says about a repository in a bucket. */
class BucketDoctorTest {

  @TempDir static Path scratch;
  private static CrashLab lab;

  @BeforeAll
  static void start() {
    lab = CrashLab.start(ParsecData.Spec.of(2, 512), scratch);
  }

  @AfterAll
  static void stop() {
    lab.close();
  }

  private static List<CheckResult> doctor(Path repository) {
    return PlainCore.doctor(repository, lab.environment()).all();
  }

  private static String details(List<CheckResult> results, String check, String state) {
    return results.stream()
        .filter(result -> result.check().equals(check) && result.state().equals(state))
        .map(CheckResult::detail)
        .toList()
        .toString();
  }

  @ParameterizedTest
  @EnumSource
  void saysWhatTheBucketCanDoAndWhatItProtects(Server server, @TempDir Path place)
      throws Exception {
    try (ProtectedBucket bucket = server.start(place)) {
      String newest = lab.backup(bucket.folder()).id();
      List<CheckResult> results = doctor(bucket.folder());
      assertTrue(results.stream().allMatch(CheckResult::isHealthy), results::toString);
      assertTrue(
          details(results, "storage", "ok").contains("conditional writes"), results::toString);
      String unprotected = details(results, "versions", "note");
      switch (server) {
        case FILTER, VERSITYGW -> {
          assertTrue(unprotected.contains("Turn on versioning"), results::toString);
          assertEquals("[]", details(results, "object lock", "ok"), results::toString);
        }
        case OBJECT_LOCK -> {
          assertEquals("[]", unprotected, results::toString);
          assertTrue(
              details(results, "versions", "ok").contains("older versions"), results::toString);
          String lock = details(results, "object lock", "ok");
          assertTrue(lock.contains("COMPLIANCE for 1 days"), lock);
          assertTrue(lock.contains("newest backup " + newest + " is locked until 20"), lock);
        }
      }
      // Its tests of the bucket leave one file, however often they run, although it may not delete.
      doctor(bucket.folder());
      try (Stream<Path> files = Files.list(bucket.folder().resolve("tmp"))) {
        assertEquals(1, files.count());
      }
    }
  }
}

package io.parsecbackup.dump;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.Problem;
import io.parsecbackup.dump.archive.DumpFormat;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CompressionTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "auto",
        "none",
        "0",
        "9",
        "gzip",
        "gzip:1",
        "gzip:level=9",
        "lz4",
        "lz4:12",
        "zstd",
        "zstd:3",
        "zstd:22",
        "zstd:level=-5",
        "zstd:long",
        "zstd:level=3,long",
        "zstd:long=off",
        " ZSTD:3 "
      })
  void acceptsPgDumpsSpelling(String text) {
    assertEquals(text.strip().toLowerCase(java.util.Locale.ROOT), Compression.parse(text).text());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "10",
        "-1",
        "brotli",
        "gzip:",
        "gzip:0",
        "gzip:10",
        "gzip:long",
        "none:1",
        "lz4:13",
        "zstd:",
        "zstd:fast",
        "zstd:level=",
        "auto:3",
        "zstd;rm",
        "zstd:3 --file=x"
      })
  void refusesWhatPgDumpWouldRefuseAndNamesTheSetting(String text) {
    Problem problem = assertThrows(Problem.class, () -> Compression.parse(text));
    assertEquals(Problem.Kind.CONFIGURATION, problem.kind());
    assertTrue(
        String.valueOf(problem.getMessage()).startsWith("parsec.backup.dump.compression=" + text));
  }

  @ParameterizedTest
  @CsvSource({"none,0", "0,0", "7,7", "gzip,6", "gzip:4,4", "gzip:level=9,9"})
  void usesTheOldSyntaxForAnOldPgDump(String text, String argument) {
    assertEquals(argument, Compression.parse(text).argument(15));
    assertEquals(text, Compression.parse(text).argument(16));
  }

  @Test
  void namesThePgDumpVersionThatAMethodNeeds() {
    Problem problem = assertThrows(Problem.class, () -> Compression.parse("zstd:3").argument(15));
    assertEquals(Problem.Kind.DATABASE, problem.kind());
    assertTrue(
        String.valueOf(problem.getMessage()).contains("needs pg_dump 16 or newer, but version 15"));
  }

  @Test
  void autoPrefersZstdIfPgDumpMaySupportIt() {
    Compression auto = Compression.parse("auto");
    assertEquals(List.of(new Compression("gzip")), auto.choices(15));
    assertEquals(List.of(new Compression("zstd"), new Compression("gzip")), auto.choices(16));
    assertEquals(List.of(new Compression("zstd:3")), Compression.parse("zstd:3").choices(17));
  }

  @Test
  void refusesCompressionOfAPlainDumpOnlyWhenSet() {
    Duration timeout = Duration.ofMinutes(5);
    Problem problem =
        assertThrows(Problem.class, () -> DumpSettings.of(DumpFormat.PLAIN, "gzip", timeout));
    assertEquals(Problem.Kind.CONFIGURATION, problem.kind());
    assertTrue(String.valueOf(problem.getMessage()).contains("format=plain"));
    assertTrue(DumpSettings.of(DumpFormat.PLAIN, "auto", timeout).compression().isAuto());
    assertFalse(DumpSettings.of(DumpFormat.PLAIN, "none", timeout).compression().compresses());
  }

  @Test
  void refusesALockWaitThatIsTooLongForPostgres() {
    for (Duration wrong : List.of(Duration.ZERO, Duration.ofSeconds(-1), Duration.ofDays(30))) {
      Problem problem =
          assertThrows(Problem.class, () -> DumpSettings.of(DumpFormat.CUSTOM, "auto", wrong));
      assertTrue(
          String.valueOf(problem.getMessage()).startsWith("parsec.backup.dump.lock-wait-timeout="));
    }
  }
}

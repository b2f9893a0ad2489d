package io.parsecbackup.parsec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.Problem;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ParsecSettingsTest {

  private static final Map<String, String> NOTHING = Map.of();

  private static Map<String, String> arguments(String arguments) {
    return Map.of(
        "PARSEC_CMD_ARGS", arguments, "URL", "postgresql:///v", "BS", "MOCKED POSTGRESQL");
  }

  @Test
  void isEmptyIfNothingIsSet() {
    assertEquals(Optional.empty(), ParsecSettings.db(NOTHING));
    assertEquals(Optional.empty(), ParsecSettings.blockstore(NOTHING));
    assertEquals(Optional.empty(), ParsecSettings.db(Map.of("PARSEC_DB", " ")));
    assertEquals(Optional.empty(), ParsecSettings.blockstore(Map.of("PARSEC_BLOCKSTORE", "")));
    assertEquals(Optional.empty(), ParsecSettings.blockstore(arguments("run --port 6777")));
  }

  @Test
  void prefersTheSettingsOwnNames() {
    Map<String, String> both =
        Map.of(
            "PARSEC_DB", "postgresql:///a",
            "PARSEC_BLOCKSTORE", "MOCKED",
            "PARSEC_CMD_ARGS", "--db postgresql:///b --blockstore POSTGRESQL");
    assertEquals(Optional.of("postgresql:///a"), ParsecSettings.db(both));
    assertEquals(Optional.of("MOCKED"), ParsecSettings.blockstore(both));
  }

  @ParameterizedTest
  @CsvSource({
    "--db postgresql:///a,                      postgresql:///a",
    "run --db=postgresql:///a --port=1,         postgresql:///a",
    "--db=postgresql:///a?options=-cx%3D1,      postgresql:///a?options=-cx%3D1",
    "--db postgresql:///a --db=postgresql:///b, postgresql:///b",
    "--db=$URL,                                 postgresql:///v",
    "--db ${URL}x,                              postgresql:///vx",
    "--db=$UNSET/${UNSET},                      $UNSET/${UNSET}",
    "--db=postgresql:///\"q\",                  postgresql:///\"q\"",
    "--database x,                              ",
    "--db=,                                     "
  })
  void findsTheDatabaseAmongTheArguments(String arguments, String expected) {
    assertEquals(Optional.ofNullable(expected), ParsecSettings.db(arguments(arguments)));
  }

  @ParameterizedTest
  @CsvSource({
    "--blockstore MOCKED,                        MOCKED",
    "--blockstore=MOCKED,                        MOCKED",
    "-b MOCKED,                                  MOCKED",
    "-bMOCKED,                                   MOCKED",
    "-b RAID1:0:MOCKED --blockstore=RAID1:1:MOCKED -bRAID1:2:MOCKED,"
        + " RAID1:0:MOCKED RAID1:1:MOCKED RAID1:2:MOCKED",
    "-b s3:http\\://minio\\:9000:r:b:k:s\\\\,    s3:http\\://minio\\:9000:r:b:k:s\\\\",
    "--blockstore=$BS,                           MOCKED POSTGRESQL"
  })
  void findsTheBlockstoreAmongTheArguments(String arguments, String expected) {
    assertEquals(Optional.of(expected), ParsecSettings.blockstore(arguments(arguments)));
  }

  @ParameterizedTest
  @CsvSource({"--db", "run --blockstore", "-b"})
  void refusesAnOptionWithoutItsValue(String arguments) {
    Problem problem =
        assertThrows(
            Problem.class,
            () -> {
              ParsecSettings.db(arguments(arguments));
              ParsecSettings.blockstore(arguments(arguments));
            });
    assertEquals(Problem.Kind.CONFIGURATION, problem.kind());
    String message = String.valueOf(problem.getMessage());
    assertTrue(message.startsWith("PARSEC_CMD_ARGS ends in -"), message);
  }
}

package io.parsecbackup.dump;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.parsecbackup.dump.DatabasePlan.Action;
import io.parsecbackup.parsec.DatabaseUri;
import io.parsecbackup.testing.EmbeddedDatabase;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Targets whose settings, encoding or role are not as a restore would like them. */
@Timeout(120)
class AdverseTargetTest {

  private static final List<String> SETTINGS =
      List.of(
          "default_transaction_read_only = on",
          "default_transaction_isolation = serializable",
          "statement_timeout = '1s'",
          "lock_timeout = '1ms'",
          "idle_in_transaction_session_timeout = '1s'",
          "idle_session_timeout = '1s'",
          "array_nulls = off");

  @TempDir static Path folder;

  private static EmbeddedDatabase server;
  private static DatabaseUri source;

  @BeforeAll
  static void start() {
    server = EmbeddedDatabase.open();
    Databases.fill(server, "parsec");
    server.execute(
        "parsec",
        "CREATE TABLE slow (a int[] CHECK (pg_sleep(1.2) IS NOT NULL AND a[1] IS NULL))",
        "INSERT INTO slow VALUES (ARRAY[NULL, 1])");
    source = Databases.uri(server.uri("parsec"));
    for (DumpFormat format : DumpFormat.values()) {
      Databases.dump(source, format, folder.resolve(format.fileName()));
    }
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @ParameterizedTest
  @CsvSource({"CUSTOM, ROLE, ''", "PLAIN, ROLE, ''", "CUSTOM, DATABASE, ?options=-c%20jit%3Doff"})
  void itsSettingsAreNoneOfTheRestores(DumpFormat format, String whose, String query) {
    server.createRole("strict", "p");
    server.createDatabase("t_strict", "strict");
    String object = whose.equals("ROLE") ? "ROLE strict" : "DATABASE t_strict";
    for (String setting : SETTINGS) {
      server.execute("postgres", "ALTER " + object + " SET " + setting);
    }
    DatabaseUri target = Databases.uri(server.uri("t_strict", "strict", "p") + query);
    Restores.restore(
        Restores.restorer(), folder.resolve(format.fileName()), target, false, Action.FILL);
    assertEquals(List.of("5000"), Restores.query(server, "t_strict", "SELECT count(*) FROM block"));
    server.dropDatabase("t_strict");
    server.execute("postgres", "DROP ROLE strict");
  }

  @Test
  void anEncodingWithoutEverySignOfOursTakesADumpThatItCanHold() {
    server.execute(
        "postgres", "CREATE DATABASE t_latin TEMPLATE template0 ENCODING LATIN1 LOCALE 'C'");
    DatabaseUri target = Databases.uri(server.uri("t_latin"));
    Path dump = folder.resolve(DumpFormat.CUSTOM.fileName());
    Restores.restore(Restores.restorer(), dump, target, false, Action.FILL);
    Restores.restore(Restores.restorer(), dump, target, true, Action.SWAP);
    assertEquals(
        List.of("Éléphant"),
        Restores.query(
            server, "t_latin", "SELECT organization_id FROM organization WHERE _id = 3"));
  }
}

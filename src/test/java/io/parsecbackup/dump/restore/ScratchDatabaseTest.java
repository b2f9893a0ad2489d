package io.parsecbackup.dump.restore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.dump.Failures;
import io.parsecbackup.dump.archive.DumpFormat;
import io.parsecbackup.postgres.connection.DatabaseUri;
import io.parsecbackup.testing.EmbeddedDatabase;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A database in which a drill reads a dump: created, protected against others, and dropped. */
@Timeout(120)
class ScratchDatabaseTest {

  private static final String NAME = "parsec_drill";

  @TempDir static Path folder;

  private static EmbeddedDatabase server;
  private static DatabaseUri source;

  @BeforeAll
  static void start() {
    server = EmbeddedDatabase.open();
    Databases.fill(server, "parsec");
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
  @EnumSource(DumpFormat.class)
  void containsTheDumpAndIsDroppedOnClose(DumpFormat format) throws Exception {
    try (ScratchDatabase scratch = scratch(format)) {
      assertEquals(NAME, scratch.uri().database());
      assertEquals(List.of(), scratch.warnings());
      assertEquals(Databases.content(source), Databases.content(scratch.uri()));
      // A session that somebody left in it is ended.
      var left = server.connect(NAME);
      assertTrue(left.isValid(5));
    }
    assertEquals(List.of("parsec"), RestoreFixture.databases(server));
  }

  @Test
  void isRefusedWhileAnotherDrillUsesIt() {
    try (ScratchDatabase first = scratch(DumpFormat.CUSTOM)) {
      String message = Failures.message(Problem.Kind.HELD, () -> scratch(DumpFormat.CUSTOM));
      assertTrue(message.contains("Another drill uses the scratch database \"parsec_drill\""));
      assertEquals(Databases.content(source), Databases.content(first.uri()));
    }
  }

  @Test
  void neverDropsADatabaseThatNoDrillMade() {
    server.createDatabase(NAME);
    server.execute(NAME, "CREATE TABLE mine (a int)");
    String message = Failures.message(Problem.Kind.DATABASE, () -> scratch(DumpFormat.CUSTOM));
    assertTrue(message.contains("no drill made"), message);
    assertEquals(List.of("0"), RestoreFixture.query(server, NAME, "SELECT count(*) FROM mine"));
    server.dropDatabase(NAME);
    Failures.message(
        Problem.Kind.DATABASE,
        () ->
            RestoreFixture.scratch(
                RestoreFixture.restorer(), source, "postgres", dump(DumpFormat.CUSTOM)));
    assertEquals(
        List.of("postgres"), RestoreFixture.query(server, "postgres", "SELECT current_database()"));
  }

  @Test
  void reportsThatItCouldNotBeDroppedAndHowToDropIt() {
    DatabaseRestorer restorer =
        RestoreFixture.restorer(step -> {
          if (step.equals("before drop")) {
            server.execute("postgres", "ALTER DATABASE " + NAME + " IS_TEMPLATE true");
          }
        });
    String message;
    try (ScratchDatabase scratch =
        RestoreFixture.scratch(restorer, source, NAME, dump(DumpFormat.CUSTOM))) {
      message = Failures.message(Problem.Kind.DATABASE, scratch::drop);
    }
    assertTrue(message.contains("The scratch database \"" + NAME + "\" on the server"), message);
    assertTrue(message.contains("DROP DATABASE \"" + NAME + "\""), message);
    server.execute("postgres", "ALTER DATABASE " + NAME + " IS_TEMPLATE false");
    server.dropDatabase(NAME);
  }

  @Test
  void checksTheRightToCreateDatabasesWithoutTheDump() {
    server.createRole("poor", "p");
    DatabaseUri poor = Databases.uri(server.uri("parsec", "poor", "p"));
    String message =
        Failures.message(
            Problem.Kind.DATABASE,
            () -> RestoreFixture.restorer().requireScratch(poor, NAME, new Cancellation()));
    assertTrue(message.contains("ALTER ROLE \"poor\" CREATEDB"), message);
  }

  private static ScratchDatabase scratch(DumpFormat format) {
    return RestoreFixture.scratch(RestoreFixture.restorer(), source, NAME, dump(format));
  }

  private static DumpSource dump(DumpFormat format) {
    return RestoreFixture.source(folder.resolve(format.fileName()), RestoreFixture.BACKUP);
  }
}

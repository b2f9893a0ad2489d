package io.parsecbackup.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PgToolsTest {

  @TempDir Path root;

  @ParameterizedTest
  @CsvSource({
    "pg_dump (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1), 15, 15.18",
    "pg_dump (PostgreSQL) 16.10, 16, 16.10",
    "pg_dump (PostgreSQL) 18beta2, 18, 18beta2",
    "pg_dump (PostgreSQL) 19devel, 19, 19devel",
    "pg_dump (PostgreSQL) 17rc1 (Ubuntu 17~rc1-1), 17, 17rc1",
    "pg_dump (PostgreSQL) 9.6.24, 9, 9.6.24",
    "pg_dump (PostgreSQL) 15.99999999999, 15, 15.99999999999"
  })
  void readsAVersion(String printed, int major, String text) {
    PgVersion version = PgVersion.parse(printed).orElseThrow();
    assertEquals(major, version.major());
    assertEquals(text, version.text());
  }

  @Test
  void readsNoVersionFromOtherText() {
    assertEquals(Optional.empty(), PgVersion.parse("pg_dump: error 15"));
    assertEquals(Optional.empty(), PgVersion.parse(""));
  }

  @Test
  void usesTheNewestOfPathAndTheUsualFolders() throws IOException {
    Path onPath = fake("somewhere/bin", "14.2");
    fake("usr/lib/postgresql/16/bin", "16.10");
    Path newest = fake("usr/pgsql-17/bin", "17.9");
    fake("usr/libexec/postgresql17", "17.10");
    fake("opt/homebrew/opt/postgresql@15/bin", "15.1");
    fake("opt/homebrew/opt/libpq/bin", "13.1");
    PgTools tools = PgTools.find(Optional.empty(), Map.of("PATH", onPath + "::relative"), root);
    assertEquals(
        List.of("17.10", "17.9", "16.10", "15.1", "14.2", "13.1"),
        tools.candidates().stream().map(tool -> tool.version().text()).toList());
    assertEquals(newest, tools.candidates().get(1).folder());
    assertEquals("17.10", tools.toolsFor(PgVersion.of("17.2")).version().text());
  }

  /**
   * A dump of the server's own version can be restored with that server's tools; a newer version's
   * dump may not.
   */
  @Test
  void prefersTheServersMajorVersionOverTheNewest() throws IOException {
    fake("usr/lib/postgresql/16/bin", "16.10");
    fake("usr/lib/postgresql/17/bin", "17.10");
    PgTools tools = PgTools.find(Optional.empty(), Map.of(), root);
    assertEquals("16.10", tools.toolsFor(PgVersion.of("16.3")).version().text());
    assertEquals("17.10", tools.toolsFor(PgVersion.of("15.18")).version().text());
  }

  @Test
  @Timeout(30)
  void skipsAProgramThatDoesNotPrintItsVersion() throws IOException {
    FakeTools.in(root.resolve("usr/pgsql-17/bin"), "sleep 1000");
    fake("usr/pgsql-16/bin", "16.1");
    PgTools tools = PgTools.find(Optional.empty(), Map.of(), root);
    assertEquals(
        List.of("16.1"), tools.candidates().stream().map(tool -> tool.version().text()).toList());
  }

  @Test
  void prefersARealProgramOverDebiansWrapperOfTheSameVersion() throws IOException {
    Path wrapped = fake("usr/bin", "15.18");
    Path wrapper = root.resolve("usr/share/postgresql-common/pg_wrapper");
    Files.createDirectories(wrapper.getParent());
    Files.move(wrapped.resolve("pg_dump"), wrapper);
    Files.createSymbolicLink(wrapped.resolve("pg_dump"), wrapper);
    Path real = fake("usr/lib/postgresql/15/bin", "15.18");
    PgTools tools = PgTools.find(Optional.empty(), Map.of("PATH", wrapped.toString()), root);
    assertEquals(real, tools.toolsFor(PgVersion.of("15.18")).folder());
    assertEquals(2, tools.candidates().size());
  }

  @Test
  void searchesOnlyTheConfiguredFolder() throws IOException {
    fake("usr/lib/postgresql/17/bin", "17.1");
    Path set = fake("mine", "16.1");
    PgTools tools = PgTools.find(Optional.of(set), Map.of("PATH", "/usr/bin:/bin"), root);
    assertEquals(List.of(new PgTools.Tools(set, PgVersion.of("16.1"))), tools.candidates());
    assertEquals(set.resolve("psql"), tools.candidates().getFirst().psql());
  }

  @Test
  void namesWhatToInstallIfNothingIsFound() {
    PgTools tools =
        PgTools.find(Optional.of(root.resolve("empty")), Map.of("PATH", "/usr/bin"), root);
    Problem problem = assertThrows(Problem.class, () -> tools.toolsFor(PgVersion.of("16.10")));
    assertEquals(Problem.Kind.DATABASE, problem.kind());
    assertTrue(
        String.valueOf(problem.getMessage())
            .contains("parsec.backup.pg-bin=" + root.resolve("empty")));
    assertTrue(String.valueOf(problem.getMessage()).contains("postgresql-client-16"));
  }

  @Test
  void namesWhatWasFoundAndWhatToInstallIfAllAreOlderThanTheServer() throws IOException {
    Path old = fake("usr/lib/postgresql/15/bin", "15.18");
    PgTools tools = PgTools.find(Optional.empty(), Map.of(), root);
    Problem problem = assertThrows(Problem.class, () -> tools.toolsFor(PgVersion.of("17.2")));
    assertEquals(Problem.Kind.DATABASE, problem.kind());
    assertTrue(String.valueOf(problem.getMessage()).contains("PostgreSQL 17"));
    assertTrue(String.valueOf(problem.getMessage()).contains("15.18 in " + old));
    assertTrue(String.valueOf(problem.getMessage()).contains("postgresql-client-17"));
  }

  @Test
  void skipsFoldersWithoutAWorkingPgDumpOrWithoutPgRestore() throws IOException {
    Path broken = fake("usr/pgsql-18/bin", "18.1");
    Files.writeString(broken.resolve("pg_dump"), "#!/bin/sh\necho no library >&2\nexit 127\n");
    Files.delete(fake("usr/pgsql-17/bin", "17.1").resolve("pg_restore"));
    fake("usr/pgsql-16/bin", "16.1");
    PgTools tools = PgTools.find(Optional.empty(), Map.of(), root);
    assertEquals(
        List.of("16.1"), tools.candidates().stream().map(tool -> tool.version().text()).toList());
  }

  @Test
  void findsTheProgramsOfThisMachine() {
    PgTools tools = PgTools.find(Optional.empty(), System.getenv());
    PgTools.Tools found = tools.toolsFor(PgVersion.of("13.0"));
    assertTrue(Files.isExecutable(found.pgDump()));
    assertTrue(Files.isExecutable(found.pgRestore()));
    assertTrue(found.version().text().startsWith(found.major() + "."), found::toString);
  }

  private Path fake(String folder, String version) throws IOException {
    return FakeTools.in(root.resolve(folder), "echo 'pg_dump (PostgreSQL) " + version + "'");
  }
}

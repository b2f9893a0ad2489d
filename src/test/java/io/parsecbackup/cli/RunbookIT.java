package io.parsecbackup.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.testing.DocumentedCommands;
import io.parsecbackup.testing.PackagedProgram;
import io.parsecbackup.testing.PackagedProgram.Ended;
import io.parsecbackup.testing.ParsecData;
import io.parsecbackup.testing.ParsecStack;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs all commands of the runbook in order, after everything was lost. */
class RunbookIT {

  @TempDir static Path folder;
  private static ParsecStack source;

  @BeforeAll
  static void start() {
    source = ParsecStack.start(ParsecData.Spec.of(40, 4096)).allowDatabases();
  }

  @AfterAll
  static void stop() {
    source.close();
  }

  @Test
  void restoresEverythingAndEndsWithANewBackup() throws Exception {
    Place before = Place.of(source, folder.resolve("repository"));
    Ended backup = before.run("backup");
    assertEquals(0, backup.exitCode(), backup.all());
    ParsecStack.Target place = source.target("after-the-fire");
    ParsecStack.Target other = source.target("rehearsal");
    Map<String, String> environment = new TreeMap<>(before.environment());
    environment.put("PARSEC_DB", place.databaseUri());
    environment.put("PARSEC_BLOCKSTORE", place.blockstore());
    environment.put("NEW_DB", other.databaseUri());
    environment.put("NEW_BLOCKSTORE", other.blockstore());
    environment.put("PATH", commandFolder() + ":" + System.getenv("PATH"));

    Shell.Result run =
        Shell.with(folder, environment, List.of("bash", "-euxo", "pipefail", script().toString()));

    assertEquals(0, run.exitCode(), run.output());
    String expected = Shell.plainDump(source.databaseUri());
    for (ParsecStack.Target target : List.of(place, other)) {
      assertEquals(expected, Shell.plainDump(target.databaseUri()));
      assertEquals(source.bucket().list(), target.bucket().list());
    }
    assertEquals(2, before.published().size(), run.output());
    assertTrue(run.output().contains("_before_"), "nothing was replaced: " + run.output());
  }

  /** A folder that contains the program under the name that an operator types. */
  private static Path commandFolder() throws Exception {
    Path bin = Files.createDirectory(folder.resolve("bin"));
    Path program = bin.resolve("parsec-backup");
    Files.writeString(
        program, "#!/bin/sh\nexec " + String.join(" ", PackagedProgram.command()) + " \"$@\"\n");
    assertTrue(program.toFile().setExecutable(true));
    return bin;
  }

  private static Path script() throws Exception {
    return Files.writeString(
        folder.resolve("runbook.sh"),
        DocumentedCommands.fenced(Path.of("docs", "restore-runbook.md")));
  }
}

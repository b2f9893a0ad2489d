package io.parsecbackup.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.parsecbackup.testing.DocumentedCommands;
import io.parsecbackup.testing.PackagedProgram;
import io.parsecbackup.testing.ParsecData;
import io.parsecbackup.testing.ParsecStack;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the commands of the README in the folder that it names. */
class ReadmeIT {

  @TempDir static Path folder;

  @Test
  void theCommandsOfTheReadmeWork() throws Exception {
    assumeFalse(PackagedProgram.isNative(), "a native binary was built, and no jar");
    try (ParsecStack source = ParsecStack.start(ParsecData.Spec.of(20, 1024)).allowDatabases()) {
      Place place = Place.of(source, folder.resolve("repository"));
      String java = Path.of(System.getProperty("java.home"), "bin").toString();
      Map<String, String> environment = new TreeMap<>(place.environment());
      environment.put("PATH", java + ":" + System.getenv("PATH"));
      Path script =
          Files.writeString(
              folder.resolve("readme.sh"), DocumentedCommands.fenced(Path.of("README.md")));
      Shell.Result run =
          Shell.with(
              Path.of("").toAbsolutePath(), environment, List.of("bash", "-x", script.toString()));
      // The last command refuses to restore into the source, which is not empty.
      assertEquals(1, run.exitCode(), run.output());
      assertEquals(1, place.published().size(), run.output());
      for (String said : List.of("is complete", "verify", "drill", "is not empty")) {
        assertEquals(true, run.output().contains(said), said + " is not in " + run.output());
      }
    }
  }
}

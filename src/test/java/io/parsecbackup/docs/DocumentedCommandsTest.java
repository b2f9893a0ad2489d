package io.parsecbackup.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.testing.DocumentedCommands;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A test runs the commands that a page tells its reader to type: the blocks fenced as {@code sh}. A
 * block fenced as {@code text} contains the reader's own values, or needs a cluster or a container
 * engine.
 */
class DocumentedCommandsTest {

  @ParameterizedTest
  @ValueSource(strings = {"README.md", "docs/restore-runbook.md", "docs/restore-by-hand.md"})
  void pagesFenceEachBlockAsShOrText(String page) throws Exception {
    assertEquals(Set.of("sh", "text"), DocumentedCommands.fences(Path.of(page)));
  }

  /** No test can run the commands that install, build or test: continuous integration does. */
  @Test
  void ciRunsTheBuildCommandsOfTheReadme() throws Exception {
    List<String> indented =
        Files.readAllLines(Path.of("README.md")).stream()
            .filter(line -> line.startsWith("    ") && !line.strip().contains("  "))
            .map(String::strip)
            .toList();
    assertEquals(List.of("deploy/try.sh", "deploy/setup.sh && ./mvnw verify"), indented);
    String ci = Files.readString(Path.of(".ci", "run"));
    for (String command : List.of("deploy/try.sh", "deploy/setup.sh", "./mvnw -B -ntp verify")) {
      assertTrue(ci.contains("\n" + command + "\n"), command);
    }
  }
}

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
 * What a page has its reader type is run by a test: fenced as {@code sh}. What is fenced as {@code
 * text} holds the reader's own values, or needs a cluster or an engine.
 */
class DocumentedCommandsTest {

  @ParameterizedTest
  @ValueSource(strings = {"README.md", "docs/restore-runbook.md", "docs/restore-by-hand.md"})
  void areFencedAsWhatTheyAre(String page) throws Exception {
    assertEquals(Set.of("sh", "text"), DocumentedCommands.fences(Path.of(page)));
  }

  /**
   * Those that set a machine up, build or test: no test can run them, continuous integration does.
   */
  @Test
  void thoseOfTheReadmeThatBuildAreRunByCi() throws Exception {
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

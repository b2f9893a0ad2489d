package io.parsecbackup.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.docs.ErrorTexts.ErrorText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** docs/troubleshooting.md has a row for every error, and no other row. */
class TroubleshootingTest {

  /** Methods that repeat another error's text, or get it from calls that are checked themselves. */
  private static final Set<String> REPEATING =
      Set.of(
          "BadRequest",
          "BlockstoreGrammar",
          "ConnectionSettings",
          "RestorePlanner",
          "RestoreTarget",
          "ServerLock",
          "SourceSettings",
          "StartFailure",
          "TargetNode",
          "TargetServer",
          "UriSetting");

  private static final Pattern CODE = Pattern.compile("`([^`]+)`");

  private static List<ErrorText> errors;
  private static List<String> rows;

  @BeforeAll
  static void read() throws IOException {
    errors = ErrorTexts.all();
    rows = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of("docs", "troubleshooting.md"))) {
      if (line.startsWith("| `")) {
        Matcher code = CODE.matcher(line.substring(0, line.indexOf(" | ", 2)));
        while (code.find()) {
          rows.add(code.group(1));
        }
      }
    }
  }

  /** Whether an error begins with a row's text. */
  private static boolean fits(String row, String error) {
    String pattern =
        List.of(row.split(ErrorTexts.ANYTHING, -1)).stream()
            .map(Pattern::quote)
            .reduce((left, right) -> left + ".*" + right)
            .orElseThrow();
    return Pattern.compile(pattern + ".*", Pattern.DOTALL).matcher(error).matches();
  }

  @Test
  void everyErrorHasARow() {
    assertTrue(errors.size() > 150, "the sources were not read");
    Set<String> unexplained = new TreeSet<>();
    for (ErrorText error : errors) {
      String file = error.place().replaceFirst(":.*", "");
      boolean repeats = error.text().equals(ErrorTexts.ANYTHING) && REPEATING.contains(file);
      if (!repeats && rows.stream().noneMatch(row -> fits(row, error.text()))) {
        unexplained.add(error.place() + " " + error.text());
      }
    }
    assertEquals("", String.join("\n", unexplained));
  }

  @Test
  void everyRowIsAnError() {
    Set<String> unknown = new TreeSet<>();
    for (String row : rows) {
      assertTrue(
          row.replaceAll("\\P{L}", "").length() >= 6, () -> "'" + row + "' would fit anything");
      if (errors.stream().noneMatch(error -> fits(row, error.text()))) {
        unknown.add(row);
      }
    }
    assertEquals("", String.join("\n", unknown));
  }
}

package io.parsecbackup.dump;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * A database in LATIN1 accepts no statement with a character outside LATIN1, not even in a literal.
 */
class AsciiSqlTest {

  private static final Pattern COMMENT = Pattern.compile("(?s)/\\*.*?\\*/|(?m)^\\s*//.*$");

  private static final Pattern SQL =
      Pattern.compile("\\b(SELECT|COPY|COMMENT ON|ALTER|CREATE|DROP|GRANT|REVOKE|SET|RESET)\\b");

  @Test
  void classesWithSqlAreAscii() throws IOException {
    List<String> found = new ArrayList<>();
    int looked = 0;
    try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
      for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
        String code = COMMENT.matcher(Files.readString(file)).replaceAll("");
        if (SQL.matcher(code).find()) {
          looked++;
          code.lines()
              .filter(line -> line.chars().anyMatch(c -> c > 0x7e))
              .forEach(line -> found.add(file.getFileName() + ": " + line.strip()));
        }
      }
    }
    assertTrue(looked > 15, "the sources were not read");
    assertEquals(List.of(), found);
  }
}

package io.parsecbackup.testing;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** What a page under {@code docs} has its reader type. */
public final class DocumentedCommands {

  private static final String INDENT = "    ";

  private DocumentedCommands() {}

  /**
   * The indented lines of a page below one heading, up to the next heading.
   *
   * @param page a file's name under {@code docs}
   * @param heading its words, without the number signs
   */
  public static String under(String page, String heading) throws IOException {
    List<String> section =
        Files.readAllLines(Path.of("docs", page)).stream()
            .dropWhile(line -> !line.replaceFirst("^#+ ", "").equals(heading))
            .skip(1)
            .takeWhile(line -> !line.startsWith("#"))
            .filter(line -> line.startsWith(INDENT))
            .map(line -> line.substring(INDENT.length()))
            .toList();
    assertFalse(section.isEmpty(), page + " has no commands under '" + heading + "'");
    return section.stream().collect(Collectors.joining("\n"));
  }
}

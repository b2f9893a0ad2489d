package io.parsecbackup.testing;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The commands that a page under {@code docs} tells its reader to type. */
public final class DocumentedCommands {

  private static final String INDENT = "    ";
  private static final Pattern FENCED = Pattern.compile("(?ms)^```(\\w*)\n(.*?)^```$");

  private DocumentedCommands() {}

  /**
   * The indented lines of a page below one heading, up to the next heading.
   *
   * @param page a file's name under {@code docs}
   * @param heading its text, without the number signs
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

  /** The blocks of a page that are marked as {@code sh}, in order. */
  public static String fenced(Path page) throws IOException {
    String commands =
        FENCED
            .matcher(Files.readString(page))
            .results()
            .filter(block -> block.group(1).equals("sh"))
            .map(block -> block.group(2))
            .collect(Collectors.joining("\n"));
    assertFalse(commands.isBlank(), page + " has no commands");
    return commands;
  }

  /** The languages that a page's blocks are marked with. */
  public static Set<String> fences(Path page) throws IOException {
    return FENCED
        .matcher(Files.readString(page))
        .results()
        .map(block -> block.group(1))
        .collect(Collectors.toSet());
  }
}

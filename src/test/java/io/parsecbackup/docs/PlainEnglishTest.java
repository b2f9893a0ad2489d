package io.parsecbackup.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Texts, comments and names use the field's standard words: CONTRIBUTING.md says which to write
 * instead of those that are refused here.
 */
class PlainEnglishTest {

  private static final List<String> REFUSED =
      List.of(
          "mend(s|ed|ing)?",
          "lack(s|ed|ing)?",
          "amiss",
          "whom",
          "let(s|ting)? go",
          "(no|without a) word",
          "word against",
          "(is|are) none",
          "be had",
          "se(e|es|en|eing) to",
          "goes",
          "brings",
          "(is|are|was|were|be|been|being) told",
          "right would be",
          "says? of itself",
          "in vain",
          "in silence",
          "no news",
          "all the same",
          "so long as",
          "that which",
          "thereby",
          "anew",
          "upon",
          "by then",
          "in the midst");

  private static final Pattern WORDS =
      Pattern.compile("\\b(" + String.join("|", REFUSED).replace(" ", "\\s+") + ")\\b");

  private static final List<String> PLACES =
      List.of("src", "docs", "deploy", ".ci", ".github", ".mvn");

  /** This test's own source. */
  private static final Path HERE =
      Path.of("src/test/java", PlainEnglishTest.class.getName().replace('.', '/') + ".java");

  @Test
  void refusesOrnateWords() throws IOException {
    List<String> found = new ArrayList<>();
    for (Path file : files()) {
      String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
      refused(file.endsWith("CONTRIBUTING.md") ? withoutTheTable(text) : text)
          .forEach(hit -> found.add(file + ":" + hit));
    }
    assertEquals("", String.join("\n", found), "write other words: see CONTRIBUTING.md");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "it lacks a file",
        "void namesWhatTheSourceLacks() {",
        "int LACKING_OBJECTS;",
        "  /** It lets\n   * go of the lock. */",
        "# There is\n# none",
        "\"there is\"\n  + \" none\"",
        "Nothing Amiss"
      })
  void checksEveryKindOfText(String text) {
    assertEquals(1, refused(text).size(), text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"black", "recommend", "it is nonetheless", "IS_NONEMPTY", "untold"})
  void refusesNoPartOfAWord(String text) {
    assertEquals(List.of(), refused(text));
  }

  /** Line and words of each hit. */
  private static List<String> refused(String text) {
    // Splits names into words, and joins texts that continue on the next line. Keeps line breaks.
    String words =
        text.replaceAll("(?<=\\p{Ll})(?=\\p{Lu})|(?<=\\p{Lu})(?=\\p{Lu}\\p{Ll})", " ")
            .replace('_', ' ')
            .replaceAll("\"[ \\t]*\\n[ \\t]*\\+[ \\t]*\"", "\n")
            .replaceAll("(?m)^[ \\t]*(\\*|//+|#+|--)[ \\t]", "")
            .toLowerCase(Locale.ROOT);
    return WORDS
        .matcher(words)
        .results()
        .map(hit ->
            (words.substring(0, hit.start()).chars().filter(sign -> sign == '\n').count() + 1)
                + ": "
                + hit.group().replaceAll("\\s+", " "))
        .toList();
  }

  /** The table there lists refused words with their replacements. */
  private static String withoutTheTable(String text) {
    return text.replaceAll("(?s)\n## Plain English\n.*?(?=\n## |\\z)", "");
  }

  private static List<Path> files() throws IOException {
    List<Path> files = new ArrayList<>();
    for (String place : PLACES) {
      try (Stream<Path> tree = Files.walk(Path.of(place))) {
        tree.filter(Files::isRegularFile).filter(file -> !file.equals(HERE)).forEach(files::add);
      }
    }
    try (Stream<Path> top = Files.list(Path.of(""))) {
      files.addAll(
          top.filter(Files::isRegularFile)
              .filter(file -> !file.toString().equals("LICENSE"))
              .collect(Collectors.toList()));
    }
    return files.stream().sorted().toList();
  }
}

package io.parsecbackup.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every link from a page to another page of the project has a target. */
class LinksTest {

  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
  private static final Pattern CODE = Pattern.compile("(?ms)^```.*?^```$|`[^`\n]*`");
  private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} (.+)$");

  private static final Pattern SOURCE =
      Pattern.compile("\\bsrc/(?:main|test|bench)/java/[\\w/]+\\.java\\b");
  private static final Path README = Path.of("README.md");
  private static final Path DECISIONS = Path.of("docs", "decisions", "README.md");

  private static List<Path> pages() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of(""))) {
      return files
          .filter(file -> file.toString().endsWith(".md"))
          .filter(file -> !file.startsWith("target") && !file.toString().contains("node_modules"))
          .toList();
    }
  }

  @Test
  void linksHaveExistingTargets() throws IOException {
    Set<String> broken = new TreeSet<>();
    int links = 0;
    for (Path page : pages()) {
      String text = Files.readString(page);
      for (String link : LINK.matcher(text).results().map(found -> found.group(1)).toList()) {
        if (link.matches("[a-z]+:.*")) {
          continue;
        }
        links++;
        String[] parts = link.split("#", 2);
        Path target =
            parts[0].isEmpty()
                ? page
                : Path.of("").toAbsolutePath().resolve(page).resolveSibling(parts[0]).normalize();
        boolean there = Files.exists(target);
        if (there && parts.length == 2) {
          there = anchors(Files.readString(target)).contains(parts[1]);
        }
        if (!there) {
          broken.add(page + " -> " + link);
        }
      }
    }
    assertEquals(Set.of(), broken);
    assertTrue(links > 60, "only " + links + " links were found");
  }

  /** Anchors as forges generate them: lower case, hyphens for spaces, no other punctuation. */
  private static Set<String> anchors(String page) {
    return HEADING
        .matcher(
            CODE.matcher(page)
                .replaceAll(code ->
                    java.util.regex.Matcher.quoteReplacement(
                        code.group().startsWith("```") ? "" : code.group())))
        .results()
        .map(heading -> heading.group(1).toLowerCase(Locale.ROOT))
        .map(heading -> heading.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'))
        .collect(Collectors.toSet());
  }

  /** Pages name classes by their full path, so a page must follow when a class moves. */
  @Test
  void namedSourceFilesExist() throws IOException {
    Set<String> gone = new TreeSet<>();
    for (Path page : pages()) {
      SOURCE
          .matcher(Files.readString(page))
          .results()
          .map(found -> found.group())
          .filter(source -> !Files.exists(Path.of(source)))
          .forEach(source -> gone.add(page + " -> " + source));
    }
    assertEquals(Set.of(), gone);
  }

  @Test
  void theReadmeLinksToEveryPage() throws IOException {
    Set<String> forgotten = new TreeSet<>();
    for (Path page : pages()) {
      // Those under .github are forms.
      if (!page.equals(README) && !page.startsWith(".github") && !isNamed(page)) {
        forgotten.add(page.toString());
      }
    }
    // The page about the supply chain links to the list of licenses.
    forgotten.remove("docs/licenses.md");
    assertEquals(Set.of(), forgotten);
  }

  /**
   * Whether the README names the page or, for a record of a decision, the list of decisions does.
   */
  private static boolean isNamed(Path page) throws IOException {
    return page.startsWith(DECISIONS.getParent()) && !page.equals(DECISIONS)
        ? Files.readString(DECISIONS).contains("(" + page.getFileName() + ")")
        : Files.readString(README).contains("(" + page + ")");
  }
}

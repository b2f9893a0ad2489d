package io.parsecbackup.dump.archive;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The line of a script that the rows of a table follow.
 *
 * @param table its name as pg_dump prints it, such as {@code public.block}
 * @param columns theirs, in the order of the rows' values; empty where the line names none
 */
record CopyHeader(String table, List<String> columns) {

  /** A quoted name may hold whatever a name may hold. */
  private static final String NAME = "(?:\"(?:[^\"]|\"\")*\"|[^\"\\s.(]+)";

  private static final Pattern QUOTED = Pattern.compile("(?<!\")\"([a-z_][a-z0-9_]*)\"(?!\")");

  private static final Pattern COPY =
      Pattern.compile("COPY (" + NAME + "(?:\\." + NAME + ")?)(?: \\((.*)\\))? FROM stdin;");

  /** What the line at which {@code script} stands says; empty where it is another one. */
  static Optional<CopyHeader> of(ScriptReader script) {
    if (!script.isCopy()) {
      return Optional.empty();
    }
    Matcher copy = COPY.matcher(script.text());
    return copy.matches()
        ? Optional.of(new CopyHeader(plain(copy.group(1)), columns(plain(copy.group(2)))))
        : Optional.empty();
  }

  private static List<String> columns(String names) {
    return names.isEmpty() ? List.of() : List.of(names.split(", ", -1));
  }

  /**
   * Without the quotes that a name does not need, or only for being a key word: with {@code
   * --quote-all-identifiers} pg_dump quotes them all.
   */
  static String plain(@Nullable String names) {
    return names == null ? "" : QUOTED.matcher(names).replaceAll("$1");
  }

  /** Where a row has the value of {@code column}, from 0; -1 for one that is not there. */
  int place(String column) {
    return columns.indexOf(column);
  }
}

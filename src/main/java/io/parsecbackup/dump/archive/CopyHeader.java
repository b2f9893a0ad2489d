package io.parsecbackup.dump.archive;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The COPY line of a script, before the rows of a table.
 *
 * @param table its name as pg_dump prints it, such as {@code public.block}
 * @param columns in the order of the rows' values; empty if the line names none
 */
record CopyHeader(String table, List<String> columns) {

  /** A quoted name may contain any character. */
  private static final String NAME = "(?:\"(?:[^\"]|\"\")*\"|[^\"\\s.(]+)";

  private static final Pattern QUOTED = Pattern.compile("(?<!\")\"([a-z_][a-z0-9_]*)\"(?!\")");

  private static final Pattern COPY =
      Pattern.compile("COPY (" + NAME + "(?:\\." + NAME + ")?)(?: \\((.*)\\))? FROM stdin;");

  /** The current line of {@code script}; empty if it is not a COPY line. */
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
   * Removes the quotes of names that need no quotes, or need them only as keywords: with {@code
   * --quote-all-identifiers} pg_dump quotes all names.
   */
  static String plain(@Nullable String names) {
    return names == null ? "" : QUOTED.matcher(names).replaceAll("$1");
  }

  /** The index of {@code column} in a row, from 0; -1 if there is no such column. */
  int place(String column) {
    return columns.indexOf(column);
  }
}

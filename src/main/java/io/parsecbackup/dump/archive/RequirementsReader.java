package io.parsecbackup.dump.archive;

import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Collects {@link DumpRequirements} from a script. The notes of each {@code CREATE} command in
 * PostgreSQL's documentation say what needs a superuser.
 */
final class RequirementsReader {

  /** Types of entries, as pg_dump names them. */
  private static final Set<String> SUPERUSER_TYPES =
      Set.of(
          "EVENT TRIGGER",
          "SUBSCRIPTION",
          "PUBLICATION TABLES IN SCHEMA",
          "PROCEDURAL LANGUAGE",
          "FOREIGN DATA WRAPPER",
          "ACCESS METHOD",
          "OPERATOR CLASS",
          "OPERATOR FAMILY",
          "TEXT SEARCH PARSER",
          "TEXT SEARCH TEMPLATE");

  private static final Set<String> ROUTINES = Set.of("FUNCTION", "PROCEDURE");

  private static final Pattern FOR_ALL_TABLES =
      Pattern.compile("CREATE PUBLICATION .* FOR ALL TABLES.*");
  private static final Pattern WITHOUT_FUNCTION =
      Pattern.compile("CREATE CAST .* WITHOUT FUNCTION.*");

  /** Enumerations, ranges and composite types have AS here. */
  private static final Pattern BASE_TYPE = Pattern.compile("CREATE TYPE \\S+ \\(");

  private static final Pattern UNTRUSTED =
      Pattern.compile("    LANGUAGE \"?(c|internal|plperlu|plpython3?u|pltclu)\"?\\b.*");

  private final SortedSet<String> extensions = new TreeSet<>();
  private final SortedSet<String> tablespaces = new TreeSet<>();
  private final SortedSet<String> superuser = new TreeSet<>();
  private String entry = "";

  /** Whether the next lines may be the head of a routine, which contains its language. */
  private boolean routine;

  /** The comment above an entry. */
  void entry(String type, String name) {
    entry = type.toLowerCase(java.util.Locale.ROOT) + " " + name;
    routine = ROUTINES.contains(type);
    if (type.equals("EXTENSION")) {
      extensions.add(name);
    } else if (SUPERUSER_TYPES.contains(type)) {
      superuser.add(entry);
    }
  }

  void tablespace(String name) {
    tablespaces.add(name);
  }

  /** Whether {@link #line} also needs the lines inside a statement. */
  boolean isInsideRoutine() {
    return routine;
  }

  /** A line of the entry. */
  void line(String text) {
    if (FOR_ALL_TABLES.matcher(text).matches()
        || WITHOUT_FUNCTION.matcher(text).matches()
        || BASE_TYPE.matcher(text).matches()) {
      superuser.add(entry);
    } else if (routine && text.startsWith("    LANGUAGE ")) {
      Matcher language = UNTRUSTED.matcher(text);
      if (language.matches()) {
        superuser.add(entry + " in language " + language.group(1));
      }
      // The body follows.
      routine = false;
    }
  }

  DumpRequirements requirements() {
    return new DumpRequirements(extensions, tablespaces, superuser);
  }
}

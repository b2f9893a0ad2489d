package io.parsecbackup.postgres;

/** Quotes names and texts for SQL. */
public final class Sql {

  private Sql() {}

  public static String name(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  /** Correct for any value of {@code standard_conforming_strings}. */
  public static String literal(String text) {
    String quoted = "'" + text.replace("'", "''") + "'";
    return text.contains("\\") ? " E" + quoted.replace("\\", "\\\\") : quoted;
  }
}

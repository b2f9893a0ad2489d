package io.parsecbackup.postgres;

/** Names and texts as SQL writes them. */
public final class Sql {

  private Sql() {}

  public static String name(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  /** Right whatever {@code standard_conforming_strings} is. */
  public static String literal(String text) {
    String quoted = "'" + text.replace("'", "''") + "'";
    return text.contains("\\") ? " E" + quoted.replace("\\", "\\\\") : quoted;
  }
}

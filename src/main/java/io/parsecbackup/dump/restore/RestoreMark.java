package io.parsecbackup.dump.restore;

import io.parsecbackup.postgres.Sql;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The comment of a database during a restore, from which the next restore knows the state after a
 * crash. It stays with the database when that is renamed, and each stage is committed together with
 * its mark. The database's final comment follows the mark.
 *
 * @param into the database that this one is, or will replace
 * @param kept the name of the replaced database; only if SWAPPED
 */
record RestoreMark(
    String backup,
    String repository,
    String into,
    Stage stage,
    Optional<String> kept,
    Optional<String> comment) {

  enum Stage {
    /** Beside the target: empty, incomplete, or complete but not checked. */
    MADE("being made"),
    /** The target itself, as MADE. It may be in use if the mark could not be removed. */
    FILLING("being filled"),
    /** Filled and checked; the old database is unchanged. */
    WHOLE("whole"),
    /** The old database and this one are closed for the swap. */
    CLOSED("about to be swapped"),
    /** It has the target's name; the old database is still closed. */
    SWAPPED("swapped with");

    private final String words;

    Stage(String words) {
      this.words = words;
    }

    /** Whether it belongs to a new database that does not have the target's name yet. */
    boolean beside() {
      return switch (this) {
        case MADE, WHOLE, CLOSED -> true;
        case FILLING, SWAPPED -> false;
      };
    }
  }

  private static final String NAME = "\"(?:[^\"]|\"\")*\"";
  private static final Pattern TEXT =
      Pattern.compile(
          "parsec-backup: restore of (\\S+) of (\\S+) into ("
              + NAME
              + "), (being made|being filled|whole|about to be swapped|swapped with)(?: ("
              + NAME
              + "))?\\.(?:\n(.*))?",
          Pattern.DOTALL);

  /** The mark in a database's comment. */
  static Optional<RestoreMark> parse(Optional<String> databaseComment) {
    return databaseComment
        .map(TEXT::matcher)
        .filter(Matcher::matches)
        .map(m ->
            new RestoreMark(
                m.group(1),
                m.group(2),
                unquoted(m.group(3)),
                stage(m.group(4)),
                Optional.ofNullable(m.group(5)).map(RestoreMark::unquoted),
                Optional.ofNullable(m.group(6))));
  }

  /** The comment without a mark. */
  static Optional<String> without(Optional<String> databaseComment) {
    return parse(databaseComment).map(RestoreMark::comment).orElse(databaseComment);
  }

  static RestoreMark of(DumpSource dump, String into, Optional<String> comment) {
    return new RestoreMark(
        dump.backupId(), dump.repositoryId(), into, Stage.MADE, Optional.empty(), comment);
  }

  boolean isOf(DumpSource dump) {
    return backup.equals(dump.backupId()) && repository.equals(dump.repositoryId());
  }

  RestoreMark at(Stage next) {
    return new RestoreMark(backup, repository, into, next, Optional.empty(), comment);
  }

  RestoreMark swappedWith(String old) {
    return new RestoreMark(backup, repository, into, Stage.SWAPPED, Optional.of(old), comment);
  }

  String text() {
    return "parsec-backup: restore of "
        + backup
        + " of "
        + repository
        + " into "
        + Sql.name(into)
        + ", "
        + stage.words
        + kept.map(name -> " " + Sql.name(name)).orElse("")
        + "."
        + comment.map(rest -> "\n" + rest).orElse("");
  }

  /** The statement that sets this mark on a database. */
  String on(String database) {
    return comment(database, Optional.of(text()));
  }

  /** The statement that sets only the final comment on a database. */
  String off(String database) {
    return comment(database, comment);
  }

  static String comment(String database, Optional<String> text) {
    return "COMMENT ON DATABASE "
        + Sql.name(database)
        + " IS "
        + text.map(Sql::literal).orElse("NULL");
  }

  private static Stage stage(String words) {
    for (Stage stage : Stage.values()) {
      if (stage.words.equals(words)) {
        return stage;
      }
    }
    throw new IllegalArgumentException(words);
  }

  private static String unquoted(String name) {
    return name.substring(1, name.length() - 1).replace("\"\"", "\"");
  }
}

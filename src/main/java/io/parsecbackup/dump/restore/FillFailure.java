package io.parsecbackup.dump.restore;

import io.parsecbackup.Problem;
import io.parsecbackup.postgres.DatabaseFailure;
import io.parsecbackup.postgres.connection.DatabaseUri;
import io.parsecbackup.repository.storage.DiskFull;
import java.util.regex.Pattern;

/**
 * Explains the stderr of a fill to an operator. A message of a server in another language gets a
 * general error that quotes it.
 */
final class FillFailure {

  private static final Pattern ROLE = Pattern.compile("role \".*\" does not exist");
  private static final Pattern SPACE =
      Pattern.compile("could not (?:extend|write).*(?:space|quota)|53100");
  private static final Pattern DENIED =
      Pattern.compile("permission denied|must be (?:owner|superuser|member|able to)");
  private static final Pattern ENCODING =
      Pattern.compile(
          "invalid byte sequence for encoding|has no equivalent in encoding|character with byte"
              + " sequence");
  private static final Pattern GONE =
      Pattern.compile(
          "server closed the connection|terminating connection|connection to server was lost|could"
              + " not (?:receive|send) data|SSL connection has been closed|SSL SYSCALL"
              + " error|connection not open");
  private static final Pattern UNREACHABLE =
      Pattern.compile("connection to server .* failed|could not translate host name");
  private static final Pattern EXISTS = Pattern.compile("already exists");
  private static final Pattern DAMAGED =
      Pattern.compile(
          "could not (?:read|uncompress|decompress)|corrupt|unexpected (?:end of file|block"
              + " ID|data)");

  private static final Pattern ROW =
      Pattern.compile("(?m)(CONTEXT:\\s+COPY .*?, line \\d+(?:, column \\w+)?):.*$");

  /** The row may contain line breaks: it ends at PostgreSQL's next line or the end. */
  private static final Pattern WHOLE_ROW =
      Pattern.compile("(?s)(Failing row contains )\\(.*?(?=\\R[A-Z]+: |\\Rpg_restore: |\\z)");

  private static final Pattern VALUE =
      Pattern.compile("(?s)(invalid input (?:syntax|value) for [^\"]*: )\".*?\"(?=\\R|\\z)");

  /** psql's excerpt of a statement, such as an INSERT with its values. */
  private static final Pattern STATEMENT = Pattern.compile("(?m)^(LINE \\d+): .*$");

  private static final Pattern KEY = Pattern.compile("(?m)(Key \\(.*?\\))=\\(.*\\)");

  private FillFailure() {}

  /** Whether an owner or grant names a role that does not exist; without them it may succeed. */
  static boolean isRoleMissing(DumpFill.Result result) {
    // During the login the same message is about our own role.
    return !UNREACHABLE.matcher(result.stderr()).find() && ROLE.matcher(result.stderr()).find();
  }

  static Problem of(DumpFill.Result result, DatabaseUri into) {
    String said = result.stderr().isEmpty() ? "(nothing)" : withoutRows(result.stderr());
    boolean full = DiskFull.isIn(said) || SPACE.matcher(said).find();
    return new Problem(
        full ? Problem.Kind.SPACE : Problem.Kind.DATABASE,
        meaning(result, into, full)
            + (result.isAtomic()
                ? " The transaction was rolled back, so nothing was restored."
                : " The new database is dropped, so nothing was restored.")
            + " Output of "
            + result.program()
            + ": "
            + said);
  }

  /** PostgreSQL prints the row that caused an error; users' data must not be logged. */
  private static String withoutRows(String stderr) {
    String text = WHOLE_ROW.matcher(stderr).replaceAll("$1(…)");
    text = VALUE.matcher(text).replaceAll("$1(…)");
    text = STATEMENT.matcher(text).replaceAll("$1");
    return KEY.matcher(ROW.matcher(text).replaceAll("$1")).replaceAll("$1=(…)");
  }

  private static String meaning(DumpFill.Result result, DatabaseUri into, boolean full) {
    String said = result.stderr();
    if (full) {
      return "The database server's disk is full. Free space there and try again.";
    } else if (UNREACHABLE.matcher(said).find()) {
      return "The database %s cannot be reached, or refused the login.".formatted(into);
    } else if (GONE.matcher(said).find()) {
      return "The database ended the connection in the middle of the restore. Check the server's"
          + " log for a stop, a crash or a terminated session.";
    } else if (ENCODING.matcher(said).find()) {
      return "The database's encoding cannot store the contents of the dump. Create the database with"
          + " the dump's encoding, usually UTF8.";
    } else if (DENIED.matcher(said).find()) {
      return "The role %s may not create all objects of the dump. Restore as the database's owner, or as superuser."
          .formatted(DatabaseFailure.quoted(into.user()));
    } else if (EXISTS.matcher(said).find()) {
      return "An object of the dump already exists in the database %s. Empty the database, or let the program create a new one."
          .formatted(into.database());
    } else if (DAMAGED.matcher(said).find()) {
      return "The dump is damaged.";
    } else if (result.exitCode() > 128) {
      return "The program was ended by signal %d. Check whether memory was short or somebody killed it."
          .formatted(result.exitCode() - 128);
    }
    return "The dump could not be restored into %s (exit code %d)."
        .formatted(into, result.exitCode());
  }
}

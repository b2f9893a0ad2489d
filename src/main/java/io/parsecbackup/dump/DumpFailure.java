package io.parsecbackup.dump;

import io.parsecbackup.Problem;
import io.parsecbackup.postgres.ChildProcess;
import io.parsecbackup.postgres.DatabaseFailure;
import io.parsecbackup.postgres.PgTools;
import io.parsecbackup.postgres.connection.DatabaseUri;
import io.parsecbackup.repository.storage.DiskFull;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Explains pg_dump's stderr to an operator. Messages of child processes are in English, see {@link
 * ChildProcess}. A message of a server in another language gets a general error that quotes it.
 */
final class DumpFailure {

  private static final Pattern LOCK =
      Pattern.compile("canceling statement due to (statement|lock) timeout");
  private static final Pattern LOGIN =
      Pattern.compile(
          "password authentication failed|no password supplied|no pg_hba\\.conf entry|authentication failed|role \".*\" does not exist|is not permitted to log in");
  private static final Pattern DENIED = Pattern.compile("permission denied for (\\w+ \\S+)");
  private static final Pattern ROW_SECURITY =
      Pattern.compile("affected by row-level security policy");
  private static final Pattern VERSION = Pattern.compile("server version mismatch");
  private static final Pattern SNAPSHOT =
      Pattern.compile(
          "invalid snapshot identifier|could not import the requested snapshot|snapshot \".*\" does not exist");
  private static final Pattern NO_ZSTD =
      Pattern.compile("does not support compression with zstd", Pattern.CASE_INSENSITIVE);
  private static final Pattern DIED =
      Pattern.compile(
          "server closed the connection|terminating connection|connection to server was lost|connection not open|could not receive data from server|could not send data to server|SSL connection has been closed|SSL SYSCALL error");
  private static final Pattern UNREACHABLE =
      Pattern.compile(
          "could not translate host name|[Cc]onnection refused|timeout expired|No route to host|Network is unreachable|the database system is|No such file or directory\\s+Is the server running");
  private static final Pattern TOO_MANY =
      Pattern.compile("too many (clients|connections)|remaining connection slots");

  private static final Pattern OWN_FILE =
      Pattern.compile("pg_dump: error: could not (?:write|close|open|create|flush)");

  /** A parallel dump does not wait for a lock that another session has asked for meanwhile. */
  private static final Pattern NOT_LOCKED = Pattern.compile("could not obtain lock on relation");

  private static final Pattern ERROR =
      Pattern.compile("(?m)^\\S*pg_dump(?:\\.exe)?: (?:error|fatal): ");

  private DumpFailure() {}

  /** Whether pg_dump failed because it was built without zstd. */
  static boolean isZstdMissing(ChildProcess.Finished<?> finished) {
    return finished.exitCode() != 0 && NO_ZSTD.matcher(finished.stderr()).find();
  }

  /** Whether stderr contains an error: a wrapper may lose the exit code and return 0. */
  static boolean reportsAnError(ChildProcess.Finished<?> finished) {
    return ERROR.matcher(finished.stderr()).find();
  }

  /** Whether pg_dump could not write a file of a folder, because its disk is full. */
  static boolean isDiskFull(ChildProcess.Finished<?> finished) {
    return finished.exitCode() != 0
        && finished
            .stderr()
            .lines()
            .anyMatch(line -> OWN_FILE.matcher(line).find() && DiskFull.isIn(line));
  }

  static Problem of(
      ChildProcess.Finished<?> finished,
      DatabaseUri uri,
      DatabaseSnapshot snapshot,
      DumpSettings settings,
      PgTools.Tools tools) {
    String meaning = meaning(finished, uri, snapshot, settings, tools);
    String said = finished.stderr().isEmpty() ? "(nothing)" : finished.stderr();
    return new Problem(
        Problem.Kind.DATABASE,
        meaning + " The dump was removed. Output of pg_dump " + tools.version() + ": " + said);
  }

  private static String connections(DumpSettings settings) {
    return settings.format().isFolder()
        ? "The database has no connection left for pg_dump; a backup needs two, and one for each of the %d jobs. Raise max_connections there, or the role's limit, or lower parsec.backup.dump.jobs."
            .formatted(settings.jobs())
        : "The database has no connection left for pg_dump; a backup needs two. Raise max_connections there, or the role's limit.";
  }

  private static String meaning(
      ChildProcess.Finished<?> finished,
      DatabaseUri uri,
      DatabaseSnapshot snapshot,
      DumpSettings settings,
      PgTools.Tools tools) {
    String stderr = finished.stderr();
    Matcher denied = DENIED.matcher(stderr);
    if (stderr.contains(DatabaseFailure.RECOVERY_CONFLICT)) {
      return DatabaseFailure.RECOVERY_ADVICE + ".";
    } else if (LOCK.matcher(stderr).find()) {
      List<String> holders = snapshot.exclusiveLocks();
      String what = holders.isEmpty() ? "a table" : String.join(", ", holders);
      return "Another session held a lock on %s for longer than parsec.backup.dump.lock-wait-timeout (%s ms). If `parsec migrate` is running, try again when it is done."
          .formatted(what, settings.lockWaitTimeout().toMillis());
    } else if (NOT_LOCKED.matcher(stderr).find()) {
      return "Another session asked for an exclusive lock on a table, and a dump with several jobs does not wait for it. Try again when that session is done, or set parsec.backup.dump.jobs=1.";
    } else if (denied.find()) {
      return "%s may not read %s. Run on the server: GRANT pg_read_all_data TO %s;"
          .formatted(uri.user(), denied.group(1), DatabaseFailure.quoted(uri.user()));
    } else if (ROW_SECURITY.matcher(stderr).find()) {
      return "%s would see only some rows of a table with row-level security. Run on the server: ALTER ROLE %s BYPASSRLS;"
          .formatted(uri.user(), DatabaseFailure.quoted(uri.user()));
    } else if (VERSION.matcher(stderr).find()) {
      return "pg_dump is older than the server, PostgreSQL %s. Install client programs at least as new."
          .formatted(snapshot.server().version());
    } else if (SNAPSHOT.matcher(stderr).find()) {
      return "The snapshot was gone when pg_dump used it. If a pooler or proxy at %s leads to different servers, name the server itself in %s; else check whether the session was terminated."
          .formatted(snapshot.server().host(), uri.setting());
    } else if (TOO_MANY.matcher(stderr).find()) {
      return connections(settings);
    } else if (LOGIN.matcher(stderr).find()) {
      return "The database refused pg_dump's login as %s. Check user and password in %s, and pg_hba.conf on the server."
          .formatted(uri.user(), uri.setting());
    } else if (UNREACHABLE.matcher(stderr).find()) {
      return "pg_dump could not connect to the database at %s. Check the network and whether the server is running."
          .formatted(snapshot.server().host());
    } else if (DIED.matcher(stderr).find()) {
      return "The database ended the connection in the middle of the dump. Check the server's log for a stop, a crash or a terminated session.";
    } else if (finished.exitCode() > 128) {
      return "pg_dump was ended by signal %d. Check whether memory was short or somebody killed it."
          .formatted(finished.exitCode() - 128);
    }
    return "%s failed with exit code %d.".formatted(tools.pgDump(), finished.exitCode());
  }
}

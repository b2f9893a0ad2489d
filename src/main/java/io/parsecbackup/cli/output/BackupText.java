package io.parsecbackup.cli.output;

import io.parsecbackup.backup.Backup;
import io.parsecbackup.copy.CopyState;
import io.parsecbackup.job.JobState;
import io.parsecbackup.postgres.CommitHorizon;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Describes a backup as text. */
public final class BackupText {

  public static final String HEADER =
      String.format(
          Locale.ROOT,
          "%-17s %-10s %-20s %10s %-9s %9s %9s %9s",
          "ID",
          "STATE",
          "DATE",
          "DUMP",
          "ENCRYPTED",
          "NEW",
          "MISSING",
          "ACCEPTED");

  private BackupText() {}

  /**
   * One line of a table below {@link #HEADER}. The column NEW is the number of objects that the run
   * fetched from the source.
   */
  public static String row(Backup backup) {
    return String.format(
            Locale.ROOT,
            "%-17s %-10s %-20s %10s %-9s %9s %9s %9s",
            backup.id(),
            backup.state().word(),
            backup.snapshotAt().map(BackupText::second).orElse("-"),
            backup.dump().map(dump -> Sizes.text(dump.bytes())).orElse("-"),
            backup.dump().map(dump -> dump.encrypted() ? "yes" : "no").orElse("-"),
            backup.objects().map(objects -> Long.toString(objects.copied())).orElse("-"),
            backup
                .objects()
                .map(objects -> Long.toString(objects.missing() + objects.failed()))
                .orElse("-"),
            backup.objects().map(objects -> Long.toString(objects.accepted())).orElse("-"))
        .stripTrailing();
  }

  /** How current a copy is. */
  public static String copy(CopyState copy) {
    return "copy at "
        + copy.repository()
        + copy.completeAt()
            .map(at -> ": complete at " + second(at))
            .orElse(": not complete yet. Run 'copy'")
        + copy.state().map(BackupText::last).orElse("")
        + copy.error().map(error -> ": " + error).orElse("");
  }

  private static String last(JobState state) {
    return switch (state) {
      case COMPLETE -> "";
      case INCOMPLETE -> ". The last copy left out damaged files";
      case FAILED -> ". The last copy failed";
      case CANCELLED -> ". The last copy was stopped";
      case RUNNING -> ". A copy is running";
    };
  }

  /** All details of a backup for an operator. */
  public static List<String> lines(Backup backup) {
    List<String> lines = new ArrayList<>();
    lines.add("backup " + backup.id() + " is " + backup.stateInWords());
    backup
        .snapshotAt()
        .ifPresent(at -> lines.add("  date      " + second(at) + " (by the database's clock)"));
    backup
        .finishedAt()
        .ifPresent(end ->
            lines.add(
                "  run       started "
                    + second(backup.startedAt())
                    + ", took "
                    + ProgressDisplay.time(Duration.between(backup.startedAt(), end).toSeconds())
                    + ", trigger "
                    + backup.trigger().word()));
    backup
        .postgres()
        .ifPresent(postgres ->
            lines.add(
                "  database  "
                    + postgres.database()
                    + ", PostgreSQL "
                    + postgres.server()
                    + postgres
                        .parsecMigration()
                        .map(migration -> ", Parsec migration " + migration)
                        .orElse("")));
    backup
        .coveredUntil()
        .ifPresent(at ->
            lines.add(
                "  covered   until "
                    + CommitHorizon.recoveryTarget(at)
                    + ": all objects are here for a recovery of the database to this time or"
                    + " earlier"));
    if (backup.state().isDone() && backup.dump().isEmpty()) {
      lines.add("  dump      none, because another tool backs up the database");
    }
    backup
        .dump()
        .ifPresent(dump ->
            lines.add(
                "  dump      "
                    + dump.file()
                    + ", "
                    + Sizes.text(dump.bytes())
                    + (dump.encrypted() ? ", encrypted" : "")
                    + ", SHA-256 "
                    + dump.sha256()));
    backup
        .objects()
        .ifPresent(objects -> {
          lines.add(
              "  objects   "
                  + objects.referenced()
                  + " referenced ("
                  + Sizes.text(objects.referencedBytes())
                  + "), strategy "
                  + objects.strategy());
          lines.add(
              "            "
                  + objects.copied()
                  + " copied ("
                  + Sizes.text(objects.copiedBytes())
                  + "), "
                  + objects.skipped()
                  + " already present");
          lines.add(
              "            "
                  + objects.missing()
                  + " missing, "
                  + objects.accepted()
                  + " accepted, "
                  + objects.failed()
                  + " failed, "
                  + objects.refused()
                  + " refused, "
                  + objects.conflicts()
                  + " conflicts"
                  + objects.orphans().map(orphans -> ", " + orphans + " orphans").orElse(""));
          objects
              .checkedByLengthOnly()
              .filter(count -> count > 0)
              .ifPresent(count ->
                  lines.add(
                      "            "
                          + count
                          + " of the copied objects were checked by length only"));
          objects
              .comparedAt()
              .ifPresent(at -> lines.add("            whole bucket compared " + second(at)));
        });
    backup.progress().ifPresent(report -> lines.add("  now       " + ProgressDisplay.text(report)));
    backup.error().ifPresent(error -> lines.add("  error     " + error));
    backup.warnings().forEach(warning -> lines.add("  warning   " + warning));
    return lines;
  }

  private static String second(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}

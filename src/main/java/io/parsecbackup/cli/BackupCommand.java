package io.parsecbackup.cli;

import io.parsecbackup.Problem;
import io.parsecbackup.backup.Backup;
import io.parsecbackup.backup.BackupJson;
import io.parsecbackup.backup.BackupService;
import io.parsecbackup.cli.output.BackupText;
import io.parsecbackup.cli.output.Output;
import io.parsecbackup.cli.output.PruneText;
import io.parsecbackup.cli.settings.StartupCheck;
import io.parsecbackup.copy.CopyConfig;
import io.parsecbackup.copy.CopyService;
import io.parsecbackup.copy.CopySettings;
import io.parsecbackup.job.Job;
import io.parsecbackup.job.JobEnd;
import io.parsecbackup.job.JobResult;
import io.parsecbackup.job.Trigger;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Takes one backup now. */
@Command(name = "backup", description = "Takes one backup now.", mixinStandardHelpOptions = true)
public class BackupCommand implements Callable<Integer> {

  private final StartupCheck check;
  private final BackupService backups;
  private final CopyService copies;
  private final CopyConfig copyConfig;

  @Mixin Output output;

  public BackupCommand(
      StartupCheck check, BackupService backups, CopyService copies, CopyConfig copyConfig) {
    this.check = check;
    this.backups = backups;
    this.copies = copies;
    this.copyConfig = copyConfig;
  }

  @Override
  public Integer call() {
    check.runForBackup();
    JobEnd<Backup> result = JobOutput.execute(backups.start(Trigger.CLI), output);
    Backup backup = result.document();
    if (output.isJson()) {
      output.document(BackupJson.toJson(backup));
    } else if (backup.state().isDone()) {
      BackupText.lines(backup).forEach(output::line);
    }
    switch (backup.state()) {
      case COMPLETE -> {}
      case INCOMPLETE ->
          output.errLine(
              "parsec-backup: objects are missing; see backups/"
                  + backup.id()
                  + "/missing.txt, if it exists. If they are lost for good, run 'accept "
                  + backup.id()
                  + "'");
      case FAILED, CANCELLED, RUNNING ->
          output.errLine("parsec-backup: " + backup.error().orElse(backup.state().word()));
    }
    // The backup is published and printed: nothing that follows changes its exit code.
    backups.follow(backup, this::follow);
    if (backup.state().isDone()) {
      copy();
    }
    return result.exitCode();
  }

  /** As the schedule of a service does. */
  private void copy() {
    if (!copies.isConfigured() || !CopySettings.followsBackups(copyConfig)) {
      return;
    }
    try {
      follow(copies.start(Trigger.CLI));
    } catch (Problem e) {
      output.errLine("parsec-backup: the copy was not started: " + e.getMessage());
    }
  }

  private void follow(Job<JobResult> job) {
    JobResult ended = JobOutput.execute(job, output).document();
    ended
        .removed()
        .filter(removed -> removed.backups() + removed.objects() > 0)
        .ifPresent(removed ->
            output.errLine(
                "parsec-backup: " + ended.kind() + ": " + PruneText.summary(removed, false)));
    ended.copies().forEach(copy -> output.errLine("parsec-backup: copy: " + JobOutput.text(copy)));
    ended.warnings().forEach(warning -> output.errLine("parsec-backup: " + warning));
    ended
        .error()
        .ifPresent(error ->
            output.errLine("parsec-backup: the " + ended.kind() + " has failed: " + error));
  }
}

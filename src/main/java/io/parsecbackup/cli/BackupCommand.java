package io.parsecbackup.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.parsecbackup.Problem;
import io.parsecbackup.backup.Backup;
import io.parsecbackup.backup.BackupJson;
import io.parsecbackup.backup.BackupService;
import io.parsecbackup.backup.parts.PartedBackups;
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
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Takes one backup now, in this process or in several. */
@Command(
    name = "backup",
    description = {
      "Takes one backup now.",
      "With --plan, --part and --join, several processes take it, also on several machines:"
          + " docs/scaling.md."
    },
    mixinStandardHelpOptions = true)
public class BackupCommand implements Callable<Integer> {

  private final StartupCheck check;
  private final BackupService backups;
  private final CopyService copies;
  private final CopyConfig copyConfig;

  private final PartedBackups parted;

  @Mixin Output output;

  @Option(
      names = "--plan",
      paramLabel = "N",
      description =
          "Dump the database, and split the objects that are to be fetched into N parts. Other"
              + " backups have to wait until the plan is joined or discarded.")
  Optional<Integer> plan = Optional.empty();

  @Option(
      names = "--part",
      paramLabel = "I",
      description =
          "Fetch part I of the planned backup, from 0 to N-1. If it is interrupted, run it again.")
  Optional<Integer> part = Optional.empty();

  @Option(
      names = "--join",
      description = "Prove and publish the planned backup when all its parts are done.")
  boolean join;

  @Option(
      names = "--discard",
      description = "End the planned backup. The next backup uses what its parts have fetched.")
  boolean discard;

  public BackupCommand(
      StartupCheck check,
      BackupService backups,
      PartedBackups parted,
      CopyService copies,
      CopyConfig copyConfig) {
    this.check = check;
    this.backups = backups;
    this.parted = parted;
    this.copies = copies;
    this.copyConfig = copyConfig;
  }

  @Override
  public Integer call() {
    if (Stream.of(plan.isPresent(), part.isPresent(), join, discard).filter(on -> on).count() > 1) {
      throw new Problem(
          Problem.Kind.CONFIGURATION,
          "--plan, --part, --join and --discard are separate steps. Use one of them at a time");
    }
    if (plan.isPresent()) {
      check.runForBackup();
      return new JobOutput(output).run(parted.plan(plan.get(), Trigger.CLI));
    }
    if (part.isPresent()) {
      return new JobOutput(output).run(parted.part(part.get(), Trigger.CLI));
    }
    if (discard) {
      return discard();
    }
    if (join) {
      return end(JobOutput.execute(parted.join(), output));
    }
    check.runForBackup();
    return end(JobOutput.execute(backups.start(Trigger.CLI), output));
  }

  private int discard() {
    String id = parted.discard().text();
    if (output.isJson()) {
      output.document(JsonNodeFactory.instance.objectNode().put("id", id).put("discarded", true));
    } else {
      output.line(
          "The planned backup "
              + id
              + " is discarded. The next backup uses what its parts have fetched");
    }
    return 0;
  }

  private int end(JobEnd<Backup> result) {
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

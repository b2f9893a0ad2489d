package io.parsecbackup.cli;

import io.parsecbackup.Counted;
import io.parsecbackup.Printable;
import io.parsecbackup.cli.output.Output;
import io.parsecbackup.cli.output.ProgressDisplay;
import io.parsecbackup.cli.output.PruneText;
import io.parsecbackup.cli.output.Sizes;
import io.parsecbackup.job.Job;
import io.parsecbackup.job.JobDocument;
import io.parsecbackup.job.JobEnd;
import io.parsecbackup.job.JobResult;
import io.parsecbackup.job.JobResult.Finding;
import java.util.ArrayList;
import java.util.List;

/** Runs a job for a command, shows its progress, and prints its result. */
final class JobOutput {

  private static final int NAMED = 50;

  private final Output output;

  JobOutput(Output output) {
    this.output = output;
  }

  /**
   * Runs the job until it ends.
   *
   * @return the exit code
   */
  int run(Job<JobResult> job) {
    List<String> shown;
    JobEnd<JobResult> end;
    try (job) {
      InterruptHandler.onSignal(() -> job.cancel("interrupted"));
      // Before the work, so that a user can still stop a job that is not the intended one.
      shown = job.document().warnings();
      shown.forEach(warning -> output.errLine("parsec-backup: " + warning));
      end = execute(job, output);
    }
    JobResult result = end.document();
    if (output.isJson()) {
      output.document(result);
    } else {
      lines(result, shown).forEach(output::line);
    }
    result.error().ifPresent(error -> output.errLine("parsec-backup: " + error));
    return end.exitCode();
  }

  /** Does the work of the job and shows its progress; a signal cancels it. */
  static <D extends JobDocument> JobEnd<D> execute(Job<D> job, Output output) {
    try (job;
        ProgressDisplay display = new ProgressDisplay(output, () -> job.document().progress())) {
      InterruptHandler.onSignal(() -> job.cancel("interrupted"));
      return job.execute();
    }
  }

  /**
   * The result as text.
   *
   * @param shown warnings that were shown before the work, and are not repeated
   */
  static List<String> lines(JobResult result, List<String> shown) {
    List<String> lines = new ArrayList<>();
    long findings = result.findings().size() + result.furtherFindings().orElse(0L);
    lines.add(
        (result.dryRun().isPresent() ? "dry run, nothing was changed: " : "")
            + result.kind()
            // A copy works on all backups.
            + result
                .backup()
                .filter(backup -> !result.kind().equals("copy"))
                .map(backup -> " of backup " + backup)
                .orElse("")
            + switch (result.state()) {
              case COMPLETE -> ": done, no problems found";
              case INCOMPLETE -> ": done, " + Counted.of(findings, "problem") + " found";
              case FAILED -> ": failed";
              case CANCELLED -> ": stopped";
              case RUNNING -> ": running";
            });
    if (result.checked().objects() > 0) {
      lines.add(
          "  objects   "
              + result.checked().objects()
              + " ("
              + Sizes.text(result.checked().bytes())
              + ")"
              + result.subset().map(subset -> ", part " + subset).orElse(""));
    }
    result
        .checked()
        .byLengthOnly()
        .filter(count -> count > 0)
        .ifPresent(count ->
            lines.add(
                "            "
                    + count
                    + " of them were checked by length only when they were fetched: the"
                    + " source gave neither an MD5 nor a checksum"));
    result.copies().forEach(copy -> lines.add("  " + text(copy)));
    result.done().forEach(line -> lines.add("  " + line));
    PruneText.lines(result).forEach(line -> lines.add("  " + line));
    for (Finding finding :
        result.findings().subList(0, Math.min(NAMED, result.findings().size()))) {
      lines.add("  " + text(finding));
    }
    if (findings > NAMED) {
      lines.add("  … and " + (findings - NAMED) + " more: --json lists up to a thousand");
    }
    result.warnings().stream()
        .filter(warning -> !shown.contains(warning))
        .forEach(warning -> lines.add("  warning   " + warning));
    if (!result.next().isEmpty()) {
      lines.add("What to do now:");
      result.next().forEach(step -> lines.add("  - " + step));
    }
    return lines;
  }

  /** What happened at one place. */
  static String text(JobResult.Copied copy) {
    return copy.state().word()
        + ": "
        + copy.repository()
        + ", new: "
        + Counted.of(copy.backups(), "backup")
        + ", "
        + Counted.of(copy.objects(), "object")
        + " ("
        + Sizes.text(copy.bytes())
        + ")"
        + copy.error().map(error -> ": " + error).orElse("");
  }

  private static String text(Finding finding) {
    return finding.problem()
        + ": "
        + Printable.line(finding.key())
        + " (expected "
        + finding.expected()
        + ", found "
        + finding.found()
        + ")";
  }
}

package io.parsecbackup.cli;

import io.parsecbackup.Cancellation;
import io.parsecbackup.backup.Adoption;
import io.parsecbackup.backup.Backup.ProgressReport;
import io.parsecbackup.backup.JobResult;
import io.parsecbackup.sync.SyncCounters;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Takes over what is already there. */
@Command(
    name = "adopt",
    description =
        "Takes over a folder whose objects/ another hand has made, as 'aws s3 sync' does, or a"
            + " repository of another source.",
    mixinStandardHelpOptions = true)
public class AdoptCommand implements Callable<Integer> {

  private static final int NAMED = 20;

  private final StartupCheck check;
  private final Adoption adoption;

  @Mixin Output output;

  public AdoptCommand(StartupCheck check, Adoption adoption) {
    this.check = check;
    this.adoption = adoption;
  }

  @Override
  public Integer call() {
    check.run();
    Cancellation cancellation = new Cancellation();
    Interrupts.to(() -> cancellation.cancel("interrupted"));
    SyncCounters counters = new SyncCounters();
    JobResult result;
    try (ProgressDisplay display = new ProgressDisplay(output, () -> progress(counters))) {
      result = adoption.adopt(counters, cancellation);
    }
    if (output.isJson()) {
      output.document(result);
    } else {
      output.line(
          "taken over: "
              + result.checked().objects()
              + " objects ("
              + Sizes.text(result.checked().bytes())
              + "); known before: "
              + counters.skipped());
      output.line(
          "left for the next backup to fetch: "
              + counters.missing()
              + " that are not here, "
              + counters.failed()
              + " that differ or cannot be proven");
      result.findings().stream()
          .limit(NAMED)
          .forEach(finding ->
              output.line(
                  "  "
                      + finding.key()
                      + ": "
                      + finding.found()
                      + "; the bucket has "
                      + finding.expected()));
      if (result.findings().size() > NAMED) {
        output.line("  … and more: --json names them");
      }
    }
    return 0;
  }

  private static Optional<ProgressReport> progress(SyncCounters counters) {
    return Optional.of(
        new ProgressReport(
            "adopt",
            counters.copied() + counters.failed() + counters.missing(),
            counters.wanted(),
            counters.copiedBytes(),
            counters.wantedBytes(),
            0,
            Optional.empty()));
  }
}

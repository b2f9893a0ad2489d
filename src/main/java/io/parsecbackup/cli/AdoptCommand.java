package io.parsecbackup.cli;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Counted;
import io.parsecbackup.Printable;
import io.parsecbackup.backup.adopt.AdoptProgress;
import io.parsecbackup.backup.adopt.Adoption;
import io.parsecbackup.cli.output.Output;
import io.parsecbackup.cli.output.ProgressDisplay;
import io.parsecbackup.cli.output.Sizes;
import io.parsecbackup.cli.settings.StartupCheck;
import io.parsecbackup.job.JobEnd;
import io.parsecbackup.job.JobResult;
import io.parsecbackup.objectstore.fetch.FetchCounters;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Adopts existing objects, dumps and repositories. */
@Command(
    name = "adopt",
    description =
        "Adopts an objects/ folder that another tool made, such as 'aws s3 sync', or a repository of"
            + " another source, and rebuilds a lost index from objects/. With a dump made by hand with"
            + " pg_dump, publishes it as a backup together with all objects.",
    mixinStandardHelpOptions = true)
public class AdoptCommand implements Callable<Integer> {

  private static final int NAMED = 20;

  private final StartupCheck check;
  private final Adoption adoption;

  @Mixin Output output;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "DUMP",
      description =
          "A file made by pg_dump with --format=custom or --format=plain. It is copied, not moved.")
  Optional<Path> dump = Optional.empty();

  public AdoptCommand(StartupCheck check, Adoption adoption) {
    this.check = check;
    this.adoption = adoption;
  }

  @Override
  public Integer call() {
    check.run();
    Cancellation cancellation = new Cancellation();
    InterruptHandler.onSignal(() -> cancellation.cancel("interrupted"));
    AdoptProgress progress = adoption.newProgress();
    JobEnd<JobResult> end;
    try (ProgressDisplay display =
        new ProgressDisplay(output, () -> Optional.of(progress.report()))) {
      end = adoption.start(dump, progress, cancellation).execute();
    }
    end.problem()
        .ifPresent(problem -> {
          throw problem;
        });
    JobResult result = end.document();
    if (output.isJson()) {
      output.document(result);
    } else {
      show(result, progress.objects());
    }
    return switch (result.state()) {
      case COMPLETE -> 0;
      case INCOMPLETE -> {
        output.errLine(
            "parsec-backup: objects are missing; see backups/" + result.id() + "/missing.txt");
        yield 3;
      }
      case RUNNING, FAILED, CANCELLED -> 1;
    };
  }

  private void show(JobResult result, FetchCounters counters) {
    output.line(
        "adopted: "
            + Counted.of(result.checked().objects(), "object")
            + " ("
            + Sizes.text(result.checked().bytes())
            + "); already known: "
            + counters.skipped());
    output.line(
        (result.backup().isPresent()
                ? "fetched from the bucket: "
                : "left for the next backup to fetch: ")
            + counters.missing()
            + " missing objects, "
            + counters.failed()
            + " objects that differ or cannot be verified");
    result.findings().stream()
        .limit(NAMED)
        .forEach(finding ->
            output.line(
                "  "
                    + Printable.line(finding.key())
                    + ": "
                    + finding.found()
                    + "; in the bucket "
                    + finding.expected()));
    if (result.findings().size() > NAMED) {
      output.line("  … and more: --json lists them");
    }

    result
        .backup()
        .ifPresent(id ->
            output.line("backup " + id + " is " + result.state().word() + ": 'show " + id + "'"));
    result.warnings().forEach(warning -> output.line("  warning   " + warning));
  }
}

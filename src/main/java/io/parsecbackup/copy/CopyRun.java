package io.parsecbackup.copy;

import io.parsecbackup.Counted;
import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.job.JobResult;
import io.parsecbackup.job.JobState;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.storage.DiskFull;
import io.parsecbackup.repository.storage.RemoteStorageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Copies a repository to one place after the other. A place that fails does not stop the others.
 */
record CopyRun(CopySource source, List<Repository> targets) {

  private static final Logger LOG = Logger.getLogger(CopyRun.class);

  /**
   * Copies to all places.
   *
   * @throws Problem when one of them failed, after all others were tried
   */
  void run() throws IOException {
    source.repository().published().ids().stream()
        .reduce((older, newer) -> newer)
        .ifPresent(newest -> source.report().about(newest.text()));
    List<Problem> failures = new ArrayList<>();
    for (Repository target : targets) {
      try {
        source.cancellation().throwIfCancelled();
        copyTo(target);
      } catch (Problem failure) {
        if (failure.kind() == Kind.CANCELLED) {
          throw failure;
        }
        LOG.errorf(
            "copy %s to %s failed: %s", source.job(), target.location(), failure.getMessage());
        failures.add(failure);
      }
    }
    if (!failures.isEmpty()) {
      throw new Problem(
          failures.getFirst().kind(),
          Counted.of(failures.size(), "copy", "copies")
              + " of "
              + targets.size()
              + " failed: "
              + String.join("; ", failures.stream().map(Problem::getMessage).toList()));
    }
  }

  private void copyTo(Repository target) {
    CopyCounters counters = new CopyCounters();
    try {
      boolean whole = new TargetCopy(source, target, counters).run();
      report(target, counters, whole ? JobState.COMPLETE : JobState.INCOMPLETE, Optional.empty());
    } catch (IOException | RuntimeException e) {
      Problem problem = explain(target, e);
      report(
          target,
          counters,
          problem.kind() == Kind.CANCELLED ? JobState.CANCELLED : JobState.FAILED,
          Optional.ofNullable(problem.getMessage()));
      throw problem;
    }
  }

  private static Problem explain(Repository target, Exception failure) {
    return switch (failure) {
      case Problem problem -> problem;
      case UncheckedIOException disk when disk.getCause() != null ->
          failed(target, disk.getCause());
      case IOException disk -> failed(target, disk);
      default -> {
        LOG.errorf(failure, "an internal error ended the copy to %s", target.location());
        yield new Problem(
            Kind.INTERNAL,
            "an internal error ended the copy to "
                + target.location()
                + ": "
                + failure
                + ". Please report it with the log",
            failure);
      }
    };
  }

  private static Problem failed(Repository target, IOException failure) {
    return new Problem(
        DiskFull.isCauseOf(failure) ? Kind.SPACE : Kind.REPOSITORY,
        "the copy to "
            + target.location()
            + " failed ("
            + (failure instanceof RemoteStorageException ? failure.getMessage() : failure)
            + "). Fix the cause, then run 'copy' again; objects already copied are kept",
        failure);
  }

  private void report(
      Repository target, CopyCounters counters, JobState state, Optional<String> error) {
    source
        .report()
        .copied(
            new JobResult.Copied(
                target.location(),
                state,
                counters.backups(),
                counters.objects(),
                counters.bytes(),
                error));
  }
}

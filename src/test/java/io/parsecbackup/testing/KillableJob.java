package io.parsecbackup.testing;

import io.parsecbackup.Problem;
import io.parsecbackup.job.Job;
import io.parsecbackup.job.JobResult;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.repository.storage.folder.StableStorage;
import io.parsecbackup.restore.JobService;
import io.parsecbackup.restore.RestoreRequest;
import io.parsecbackup.restore.Subset;
import io.parsecbackup.retention.PruneService;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Runs one job and kills itself with {@code kill -9} at a step: {@code KillableJob REPOSITORY KIND
 * STEP OCCURRENCE}, with steps as {@link Checkpoints} names them. A restore replaces the contents
 * of the configured stores; an acceptance accepts the newest backup; a prune keeps one backup and
 * the objects that it refers to; a copy copies to COPY_TO. If the job does not reach the step, it
 * ends as the program does.
 */
public final class KillableJob {

  private KillableJob() {}

  public static void main(String[] arguments) {
    Checkpoints checkpoints = KillableBackup.killedAt(arguments[2], Integer.parseInt(arguments[3]));
    if (arguments[1].equals("accept")) {
      PlainCore.acceptance(Path.of(arguments[0]), new StableStorage(checkpoints))
          .accept(Optional.empty(), Optional.empty(), Trigger.CLI);
      return;
    }
    if (arguments[1].equals("prune")) {
      PruneService prunes =
          PlainCore.prunes(
              Path.of(arguments[0]),
              new PlainCore.Retention("1", "referenced"),
              new StableStorage(checkpoints));
      System.exit(prunes.start(false, Trigger.CLI).execute().exitCode());
    }
    if (arguments[1].equals("copy")) {
      System.exit(
          PlainCore.copies(
                  Path.of(arguments[0]), System.getenv("COPY_TO"), new StableStorage(checkpoints))
              .start(Trigger.CLI)
              .execute()
              .exitCode());
    }
    JobService jobs =
        PlainCore.jobs(
            Path.of(arguments[0]), System.getenv(), new StableStorage(checkpoints), checkpoints);
    System.exit(run(jobs, arguments[1]));
  }

  private static int run(JobService jobs, String kind) {
    try {
      return begin(jobs, kind).execute().exitCode();
    } catch (Problem e) {
      System.err.println(e.getMessage());
      return e.exitCode();
    }
  }

  /** Starts a job of this kind with the newest backup. */
  public static Job<JobResult> begin(JobService jobs, String kind) {
    return switch (kind) {
      case "verify" -> jobs.verification("latest", Subset.ALL, Trigger.CLI);
      case "drill" -> jobs.drill("latest", Trigger.CLI);
      case "restore" ->
          jobs.restore(
              "latest",
              new RestoreRequest(
                  Optional.empty(), Optional.empty(), RestoreRequest.Part.ALL, true, false, false),
              Trigger.CLI);
      default -> throw new IllegalArgumentException(kind);
    };
  }
}

package io.parsecbackup.schedule;

import io.parsecbackup.Problem;
import io.parsecbackup.job.JobHistory;
import io.parsecbackup.job.JobResult;
import io.parsecbackup.restore.Subset;
import io.parsecbackup.restore.VerifyConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Verifications, as the schedule has to know them: each takes the part after the last one's, so
 * that as many as there are parts read all of a backup, across restarts too. One that a person
 * started neither settles what is due nor counts as a part.
 *
 * @param starter starts one of a part
 */
record VerifyJob(
    JobHistory history,
    BooleanSupplier running,
    Consumer<Subset> starter,
    VerifyConfig config,
    ZoneId timeZone)
    implements Scheduled {

  @Override
  public String name() {
    return "verify";
  }

  @Override
  public Timetable timetable() {
    return VerifySchedule.timetable(config, timeZone);
  }

  @Override
  public List<PastRun> newest(int most) throws IOException {
    return history.newest(most, JobResult::startedBySchedule).stream().map(PastRun::of).toList();
  }

  @Override
  public boolean waitsForFirst() {
    return true;
  }

  @Override
  public boolean isRunning() {
    return running.getAsBoolean();
  }

  @Override
  public void start() {
    try {
      starter.accept(part());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The next part; a part whose verification failed is taken again. */
  private Subset part() throws IOException {
    Subset configured = VerifySchedule.subset(config);
    return history
        .newest(run -> isDone(run, configured.parts()))
        .flatMap(VerifyJob::subset)
        .map(Subset::next)
        .orElse(configured);
  }

  private static boolean isDone(JobResult run, int parts) {
    return run.startedBySchedule()
        && run.state().isDone()
        && subset(run).stream().anyMatch(subset -> subset.parts() == parts);
  }

  private static Optional<Subset> subset(JobResult run) {
    try {
      return run.subset().map(text -> Subset.parse("subset", text));
    } catch (Problem e) {
      // Written by something else: it says nothing of our parts.
      return Optional.empty();
    }
  }
}

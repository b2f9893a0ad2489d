package io.parsecbackup.copy;

import io.parsecbackup.job.JobHistory;
import io.parsecbackup.job.JobResult;
import io.parsecbackup.job.JobResult.Copied;
import io.parsecbackup.job.JobState;
import io.parsecbackup.repository.Repository;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the records of past copies say about each configured place. Does not access the places. */
@ApplicationScoped
public class CopyStates {

  private final CopySettings settings;
  private final Clock clock;

  public CopyStates(CopySettings settings, Clock clock) {
    this.settings = settings;
    this.clock = clock;
  }

  /**
   * The state of each copy, in the configured order.
   *
   * @param copies the recorded copies
   * @throws io.parsecbackup.Problem of kind CONFIGURATION if a place is invalid
   */
  public List<CopyState> read(JobHistory copies) throws IOException {
    List<CopyState> states = new ArrayList<>();
    for (Repository place : settings.copies()) {
      states.add(state(place.location(), copies));
    }
    return List.copyOf(states);
  }

  private CopyState state(String location, JobHistory copies) throws IOException {
    Optional<Copied> newest =
        copies.newest(job -> at(location, job).isPresent()).flatMap(job -> at(location, job));
    Optional<Instant> completeAt =
        newest.isEmpty()
            ? Optional.empty()
            : copies
                .newest(job ->
                    at(location, job)
                        .filter(there -> there.state() == JobState.COMPLETE)
                        .isPresent())
                .map(job -> job.finishedAt().orElse(job.startedAt()));
    return new CopyState(
        location,
        completeAt,
        completeAt.map(at -> Duration.between(at, clock.instant()).toSeconds()),
        newest.map(Copied::state),
        newest.flatMap(Copied::error));
  }

  private static Optional<Copied> at(String location, JobResult job) {
    return job.copies().stream().filter(copy -> copy.repository().equals(location)).findFirst();
  }
}

package io.parsecbackup.restore;

import io.parsecbackup.Problem;
import io.parsecbackup.job.JobResult;
import java.util.Optional;

/**
 * How a job ended.
 *
 * @param problem what kept it from its end
 */
public record JobEnd(JobResult result, Optional<Problem> problem) {

  /**
   * As the contract lists them: 0 done, 3 with findings, else what the problem stands for. One that
   * was ended although nobody wanted that, by its timeout, has failed.
   */
  public int exitCode() {
    return switch (result.state()) {
      case COMPLETE -> 0;
      case INCOMPLETE -> 3;
      case CANCELLED -> 130;
      case RUNNING, FAILED ->
          problem
              .filter(cause -> cause.kind() != Problem.Kind.CANCELLED)
              .map(Problem::exitCode)
              .orElse(1);
    };
  }
}

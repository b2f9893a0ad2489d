package io.parsecbackup.job;

import io.parsecbackup.Problem;
import java.util.Optional;

/**
 * How a job ended.
 *
 * @param problem what ended it, if it did not do its work
 */
public record JobEnd<D extends JobDocument>(D document, Optional<Problem> problem) {

  /**
   * The exit code of a command: 0 complete, 3 incomplete, 130 cancelled, else that of the problem.
   * A job that its time limit or a stop of the service ended has failed.
   */
  public int exitCode() {
    return switch (document.state()) {
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

package io.parsecbackup.job;

import io.parsecbackup.Problem;
import java.util.Optional;

/**
 * How a job ended.
 *
 * @param problem the reason, if it did not finish its work
 */
public record JobEnd<D extends JobDocument>(D document, Optional<Problem> problem) {

  /**
   * The exit code of a command: 0 complete, 3 incomplete, 130 cancelled, otherwise the problem's. A
   * job that was ended by its time limit or by a stop of the service has failed.
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

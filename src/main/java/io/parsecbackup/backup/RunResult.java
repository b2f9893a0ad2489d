package io.parsecbackup.backup;

import io.parsecbackup.Problem;
import java.util.Optional;

/**
 * How a run ended.
 *
 * @param problem what ended it, where it published nothing
 */
public record RunResult(Backup backup, Optional<Problem> problem) {

  /**
   * As the contract lists them: 0 complete, 3 incomplete, else what the problem stands for. A run
   * that was ended although nobody wanted that, by its timeout, has failed.
   */
  public int exitCode() {
    return switch (backup.state()) {
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

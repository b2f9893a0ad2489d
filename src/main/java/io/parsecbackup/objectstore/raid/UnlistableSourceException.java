package io.parsecbackup.objectstore.raid;

import io.parsecbackup.Problem;

/** The source cannot be listed. */
public final class UnlistableSourceException extends Exception {

  private final Problem problem;

  UnlistableSourceException(Problem problem) {
    super(problem);
    this.problem = problem;
  }

  public Problem problem() {
    return problem;
  }
}

package io.parsecbackup.api.problem;

import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import org.jboss.logging.Logger;

/** The error for a call that cannot read the repository; the log has the details. */
public final class RepositoryProblem {

  private static final Logger LOG = Logger.getLogger(RepositoryProblem.class);

  private RepositoryProblem() {}

  /** Logs {@code failure}, and returns the problem for the caller. */
  public static Problem unreadable(Exception failure) {
    LOG.errorf("cannot read the repository for a REST call: %s", failure);
    return new Problem(
        Kind.REPOSITORY,
        "the repository cannot be read; see the log. Check the rights of its folder, and its disk",
        failure);
  }
}

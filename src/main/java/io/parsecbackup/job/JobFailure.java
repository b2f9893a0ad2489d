package io.parsecbackup.job;

import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jboss.logging.Logger;

/** Explains to an operator what ended a job, or prevented its start. */
final class JobFailure {

  private static final Logger LOG = Logger.getLogger(JobFailure.class);

  private JobFailure() {}

  /**
   * The problem for a failure. Logs the stack trace of an internal error.
   *
   * @param job names the job in the log
   */
  static Problem problem(String job, Throwable failure) {
    return switch (failure) {
      case Problem problem -> problem;
      case UncheckedIOException disk -> DiskFailures.read(disk);
      case IOException disk -> DiskFailures.read(disk);
      default -> {
        LOG.errorf(failure, "%s: an internal error ended the job", job);
        yield new Problem(
            Kind.INTERNAL,
            "an internal error ended the job: " + failure + ". Please report it with the log",
            failure);
      }
    };
  }
}

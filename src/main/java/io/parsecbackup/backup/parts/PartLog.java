package io.parsecbackup.backup.parts;

import io.parsecbackup.job.JobResult;
import org.jboss.logging.Logger;

/** Logs how a step of a planned backup ended. */
final class PartLog {

  private PartLog() {}

  static void log(JobResult ended, Logger log) {
    switch (ended.state()) {
      case COMPLETE, INCOMPLETE ->
          log.infof("%s %s is done: %s", ended.kind(), ended.id(), String.join("; ", ended.done()));
      case FAILED, CANCELLED, RUNNING ->
          log.errorf(
              "%s %s has failed: %s",
              ended.kind(), ended.id(), ended.error().orElse("unknown reason"));
    }
  }
}

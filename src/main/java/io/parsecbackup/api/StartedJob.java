package io.parsecbackup.api;

import io.parsecbackup.job.Job;
import io.parsecbackup.job.JobDocument;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;

/** The answer to a call that starts a job. */
final class StartedJob {

  private StartedJob() {}

  /**
   * Runs the job in the background.
   *
   * @param path of the documents of such jobs
   * @return 202 with the job's document and its URL
   */
  static <T extends JobDocument> Response run(Job<T> job, String path) {
    try (job) {
      // Before the start, after which a short job may have ended.
      T begun = job.document();
      job.inBackground();
      // Not location(): it makes the URL absolute, with the host name that the last proxy used.
      return Response.accepted(begun).header(HttpHeaders.LOCATION, path + job.id()).build();
    }
  }
}

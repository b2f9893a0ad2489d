package io.parsecbackup.restore;

import io.parsecbackup.job.JobReport;
import java.util.List;

/** The steps for an operator after a verification or a drill that found something. */
final class FindingsAdvice {

  private FindingsAdvice() {}

  /** Adds the steps if the report has findings. */
  static void give(JobReport report) {
    if (report.hasFindings()) {
      report.advise(
          List.of(
              "Run 'backup': it fetches damaged objects again if the source still has them, and"
                  + " keeps the damaged files under conflicts/",
              "Restore damaged files of a backup (its dump, SHA256SUMS, backup.json) from a"
                  + " copy of the repository; no backup writes them again"));
    }
  }
}

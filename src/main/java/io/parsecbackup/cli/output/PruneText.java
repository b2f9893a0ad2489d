package io.parsecbackup.cli.output;

import io.parsecbackup.Counted;
import io.parsecbackup.job.JobResult;
import java.util.ArrayList;
import java.util.List;

/** The result of a prune as text. */
public final class PruneText {

  private PruneText() {}

  /** One line for each backup, and one for what was removed. */
  public static List<String> lines(JobResult prune) {
    List<String> lines = new ArrayList<>();
    for (JobResult.Decision decision : prune.decisions()) {
      lines.add(
          (decision.keep() ? "keep      " : "remove    ")
              + decision.backup()
              + "  "
              + String.join(", ", decision.rules()));
    }
    prune
        .removed()
        .map(removed -> summary(removed, prune.dryRun().isPresent()))
        .ifPresent(lines::add);
    return lines;
  }

  /** What was removed, in one line. */
  public static String summary(JobResult.Removed removed, boolean dryRun) {
    return (dryRun ? "would remove " : "removed ")
        + Counted.of(removed.backups(), "backup")
        + ", "
        + Counted.of(removed.objects(), "object")
        + " ("
        + Sizes.text(removed.bytes())
        + ") and "
        + Counted.of(removed.records(), "old record")
        + (removed.waiting() == 0
            ? ""
            : "; "
                + Counted.of(
                    removed.waiting(), "unreferenced object waits", "unreferenced objects wait")
                + " for a later prune");
  }
}

package io.parsecbackup.restore;

import io.parsecbackup.dump.DatabaseOutcome;
import io.parsecbackup.dump.DatabasePlan;
import io.parsecbackup.parsec.Blockstore;
import io.parsecbackup.sync.RestoreCounters;
import io.parsecbackup.sync.RestoreOutcome;
import java.util.ArrayList;
import java.util.List;

/** What a restore did, or would do, in words. */
final class RestoreText {

  private RestoreText() {}

  static List<String> objects(
      Blockstore.S3 bucket, RestoreOutcome outcome, RestoreCounters counters, boolean dryRun) {
    List<String> lines = new ArrayList<>();
    if (outcome.bucketCreated()) {
      lines.add("the bucket " + bucket.bucket() + (dryRun ? " would be created" : " was created"));
    }
    if (dryRun) {
      lines.add(
          counters.wanted()
              + " objects ("
              + counters.wantedBytes()
              + " bytes) would be sent to the bucket "
              + bucket.bucket());
    } else {
      lines.add(
          counters.sent()
              + " objects ("
              + counters.sentBytes()
              + " bytes) were sent to the bucket "
              + bucket.bucket());
    }
    lines.add(counters.skipped() + " objects were there already");
    if (counters.differing() > 0) {
      lines.add(
          counters.differing()
              + " objects there differ from the backup's and were left: --replace overwrites them");
    }
    if (counters.replaced() > 0) {
      lines.add(
          counters.replaced()
              + " objects there that differ from the backup's "
              + (dryRun ? "would be" : "were")
              + " replaced");
    }
    if (counters.damaged() > 0) {
      lines.add(
          counters.damaged()
              + " objects of the repository are damaged or lost and were not sent; the findings"
              + " name them");
    }
    return lines;
  }

  static String leftOut(long objects, long bytes, boolean dryRun) {
    return objects
        + " objects ("
        + bytes
        + " bytes) "
        + (dryRun ? "would be" : "were")
        + " left out, since the dump does not refer to them: --all-objects sends them too";
  }

  static List<String> intent(DatabasePlan plan) {
    List<String> lines = new ArrayList<>();
    String name = plan.target().database();
    lines.add(
        switch (plan.action()) {
          case CREATE -> "the database " + name + " would be created and filled";
          case FILL -> "the database " + name + ", which is empty, would be filled";
          case SWAP ->
              "a new database would be filled beside "
                  + name
                  + ", and take its name; the one that is there would be kept as "
                  + plan.keptAs().orElse("");
          case FINISH -> "the restore into " + name + " that was cut off would be finished";
        });
    if (plan.action() == DatabasePlan.Action.SWAP && !plan.sessions().isEmpty()) {
      lines.add("these sessions on it would be ended: " + String.join("; ", plan.sessions()));
    }
    return lines;
  }

  static List<String> done(DatabasePlan plan, DatabaseOutcome outcome) {
    String name = plan.target().database();
    List<String> lines = new ArrayList<>();
    lines.add(
        switch (outcome.action()) {
          case CREATE -> "the database " + name + " was created and filled";
          case FILL -> "the database " + name + " was filled";
          case SWAP ->
              "the database "
                  + name
                  + " was replaced; the one that was there is kept as "
                  + outcome.keptAs().orElse("");
          case FINISH -> "the restore into " + name + " that was cut off is finished";
        });
    if (outcome.action() == DatabasePlan.Action.SWAP && !plan.sessions().isEmpty()) {
      lines.add("sessions on it that were ended: " + String.join("; ", plan.sessions()));
    }
    return lines;
  }
}

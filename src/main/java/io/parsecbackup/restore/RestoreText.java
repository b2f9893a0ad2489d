package io.parsecbackup.restore;

import io.parsecbackup.Counted;
import io.parsecbackup.dump.restore.DatabaseOutcome;
import io.parsecbackup.dump.restore.DatabasePlan;
import io.parsecbackup.objectstore.upload.UploadCounters;
import io.parsecbackup.objectstore.upload.UploadOutcome;
import io.parsecbackup.parsec.Blockstore;
import java.util.ArrayList;
import java.util.List;

/** Describes what a restore did, or would do. */
final class RestoreText {

  private RestoreText() {}

  static List<String> objects(
      Blockstore.S3 bucket, UploadOutcome outcome, UploadCounters counters, boolean dryRun) {
    List<String> lines = new ArrayList<>();
    if (outcome.bucketCreated()) {
      lines.add("the bucket " + bucket.bucket() + (dryRun ? " would be created" : " was created"));
    }
    if (dryRun) {
      lines.add(
          Counted.of(counters.wanted(), "object")
              + " ("
              + Counted.of(counters.wantedBytes(), "byte")
              + ") would be sent to the bucket "
              + bucket.bucket());
    } else {
      lines.add(
          Counted.of(counters.sent(), "object")
              + " ("
              + Counted.of(counters.sentBytes(), "byte")
              + (counters.sent() == 1 ? ") was sent" : ") were sent")
              + " to the bucket "
              + bucket.bucket());
    }
    lines.add(
        Counted.of(counters.skipped(), "object was already there", "objects were already there"));
    if (counters.differing() > 0) {
      lines.add(
          Counted.of(
                  counters.differing(),
                  "object there differs from the backup and was not changed",
                  "objects there differ from the backup and were not changed")
              + ": --replace overwrites such objects");
    }
    if (counters.replaced() > 0) {
      lines.add(
          Counted.of(
                  counters.replaced(),
                  "object there that differs from the backup ",
                  "objects there that differ from the backup ")
              + (dryRun ? "would be" : counters.replaced() == 1 ? "was" : "were")
              + " replaced");
    }
    if (counters.damaged() > 0) {
      lines.add(
          Counted.of(
                  counters.damaged(),
                  "object of the repository is damaged or lost and ",
                  "objects of the repository are damaged or lost and ")
              + (dryRun ? "would not be" : counters.damaged() == 1 ? "was not" : "were not")
              + " sent: see the findings");
    }
    return lines;
  }

  static String leftOut(long objects, long bytes, boolean dryRun) {
    return Counted.of(objects, "object")
        + " ("
        + Counted.of(bytes, "byte")
        + ") "
        + (dryRun ? "would be" : objects == 1 ? "was" : "were")
        + " left out, because the dump does not refer to them: --all-objects sends them too";
  }

  static List<String> intent(DatabasePlan plan) {
    List<String> lines = new ArrayList<>();
    String name = plan.request().target().database();
    lines.add(
        switch (plan.action()) {
          case CREATE -> "the database " + name + " would be created and filled";
          case FILL -> "the database " + name + ", which is empty, would be filled";
          case SWAP ->
              "a new database would be filled and take the name "
                  + name
                  + "; the old one would be kept as "
                  + plan.keptAs().orElse("");
          case FINISH -> "the interrupted restore into " + name + " would be finished";
        });
    if (plan.action() == DatabasePlan.Action.SWAP && !plan.sessions().isEmpty()) {
      lines.add("these sessions in it would be ended: " + String.join("; ", plan.sessions()));
    }
    return lines;
  }

  static List<String> done(DatabasePlan plan, DatabaseOutcome outcome) {
    String name = plan.request().target().database();
    List<String> lines = new ArrayList<>();
    lines.add(
        switch (outcome.action()) {
          case CREATE -> "the database " + name + " was created and filled";
          case FILL -> "the database " + name + " was filled";
          case SWAP ->
              "the database "
                  + name
                  + " was replaced; the old one is kept as "
                  + outcome.keptAs().orElse("");
          case FINISH -> "the interrupted restore into " + name + " is finished";
        });
    if (outcome.action() == DatabasePlan.Action.SWAP && !plan.sessions().isEmpty()) {
      lines.add("these sessions in it were ended: " + String.join("; ", plan.sessions()));
    }
    return lines;
  }
}

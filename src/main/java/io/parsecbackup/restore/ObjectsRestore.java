package io.parsecbackup.restore;

import io.parsecbackup.Problem;
import io.parsecbackup.job.JobPhase;
import io.parsecbackup.job.JobReport;
import io.parsecbackup.job.ProgressReport;
import io.parsecbackup.objectstore.upload.BucketUploader;
import io.parsecbackup.objectstore.upload.UploadCounters;
import io.parsecbackup.objectstore.upload.UploadListener;
import io.parsecbackup.objectstore.upload.UploadOptions;
import io.parsecbackup.objectstore.upload.UploadOutcome;
import io.parsecbackup.objectstore.upload.UploadRequest;
import io.parsecbackup.repository.encryption.ReadableFile;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.storage.Damage;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.ToLongFunction;
import org.jboss.logging.Logger;

/** Uploads a backup's objects to each bucket of a target, one bucket after another. */
final class ObjectsRestore {

  private static final Logger LOG = Logger.getLogger(ObjectsRestore.class);

  private final BackupContents contents;
  private final JobContext context;
  private final BucketUploader buckets;
  private final UploadOptions options;
  private final Optional<ReadableFile> references;

  /** The counters of each node whose upload has started. */
  private final List<UploadCounters> counters = new CopyOnWriteArrayList<>();

  /**
   * @param references the list of the objects that are sent; empty to send all
   */
  ObjectsRestore(
      BackupContents contents,
      BucketUploader buckets,
      UploadOptions options,
      Optional<ReadableFile> references) {
    this.contents = contents;
    this.context = contents.context();
    this.buckets = buckets;
    this.options = options;
    this.references = references;
  }

  void into(List<TargetNode> nodes) throws IOException {
    // Readers use its lines that can be read and newer segments instead, and compare each object
    // with its digest. Nothing shows which objects only a lost line named.
    for (Damage segment : context.repository().index().damage(context.id())) {
      context.report().found(segment);
      context
          .report()
          .warn(
              segment.name()
                  + " is damaged or lost: objects that only it named are not sent. Their files are"
                  + " under objects/; docs/restore-by-hand.md says how to restore them");
    }
    context
        .report()
        .enter(
            JobPhase.OBJECTS,
            () ->
                new ProgressReport.Counts(
                    sum(UploadCounters::sent),
                    sum(UploadCounters::wanted),
                    sum(UploadCounters::sentBytes),
                    sum(UploadCounters::wantedBytes)));
    DamageRecorder damaged = new DamageRecorder(contents);
    try {
      boolean first = true;
      for (TargetNode node : nodes) {
        context.cancellation().throwIfCancelled();
        into(node, first, damaged);
        first = false;
      }
    } finally {
      record(damaged);
    }
    if (sum(UploadCounters::damaged) > 0) {
      context
          .report()
          .advise(
              List.of(
                  "Damaged or lost objects of the repository were not sent. Restore them from a"
                      + " copy of the repository, or run 'backup' while the source still has"
                      + " them; then run 'restore --only objects' with the same targets"));
    }
  }

  /** A full disk of the repository does not prevent a restore. */
  private void record(DamageRecorder damaged) {
    try {
      damaged.close();
    } catch (IOException | RuntimeException e) {
      LOG.warnf("cannot record the damaged objects: %s", e);
      context
          .report()
          .warn(
              "the repository could not record the damaged objects. Run 'verify' before 'backup',"
                  + " so that the backup fetches them again");
    }
  }

  /**
   * @param first whether it is the first node. All nodes leave out the same objects, so only the
   *     first reports them
   * @param damaged receives the objects that the repository does not have intact
   */
  private void into(TargetNode node, boolean first, DamageRecorder damaged) throws IOException {
    UploadCounters ofNode = new UploadCounters();
    counters.add(ofNode);
    UploadOutcome outcome;
    try (BackupObjects records = BackupObjects.open(context, references)) {
      outcome =
          buckets.upload(
              new UploadRequest(
                  node.bucket(),
                  node.share(),
                  records,
                  context.repository().objectProof(),
                  options),
              context.scratch().folder(),
              ofNode,
              new Findings(context.report(), node, damaged),
              context.cancellation());
      if (first && records.leftOut() > 0) {
        context
            .report()
            .did(RestoreText.leftOut(records.leftOut(), records.leftOutBytes(), options.dryRun()));
      }
    } catch (Problem e) {
      throw node.of(e);
    } finally {
      context.report().checked(ofNode.sent(), ofNode.sentBytes());
    }
    for (String line : RestoreText.objects(node.bucket(), outcome, ofNode, options.dryRun())) {
      context.report().did(node.prefix() + line);
    }
  }

  /** Reports the problems that an upload to a node finds. */
  private record Findings(JobReport report, TargetNode node, DamageRecorder recorder)
      implements UploadListener {
    @Override
    public void damaged(IndexRecord entry, Damage damage) {
      report.found(damage);
      recorder.add(entry);
    }

    @Override
    public void differs(String key, String expected, String found) {
      report.found(key, "differs", expected, node.prefix() + found);
    }
  }

  private long sum(ToLongFunction<UploadCounters> figure) {
    return counters.stream().mapToLong(figure).sum();
  }
}

package io.parsecbackup.restore;

import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.backup.Backup;
import io.parsecbackup.backup.SourceSettings;
import io.parsecbackup.dump.restore.DatabaseOutcome;
import io.parsecbackup.dump.restore.DatabasePlan;
import io.parsecbackup.dump.restore.DatabaseRestorer;
import io.parsecbackup.job.JobKind;
import io.parsecbackup.job.JobPhase;
import io.parsecbackup.job.ProgressReport;
import io.parsecbackup.objectstore.upload.BucketUploader;
import io.parsecbackup.objectstore.upload.UploadOptions;
import io.parsecbackup.parsec.Blockstore;
import io.parsecbackup.repository.encryption.EncryptedNames;
import io.parsecbackup.repository.encryption.Encryption;
import io.parsecbackup.repository.encryption.ReadableFile;
import io.parsecbackup.repository.parts.DumpParts;
import io.parsecbackup.repository.storage.Damage;
import io.parsecbackup.repository.storage.Layout;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Restores a backup in the only safe order: objects first, database last. Reports everything that
 * prevents the restore before it changes anything. After an interruption at any point, the same
 * call finishes the restore.
 */
@ApplicationScoped
public class Restore {

  public static final JobKind KIND = new JobKind("restore");

  private final SourceSettings sourceSettings;
  private final DatabaseRestorer databases;
  private final BucketUploader buckets;
  private final Encryption encryption;

  public Restore(
      SourceSettings sourceSettings,
      DatabaseRestorer databases,
      BucketUploader buckets,
      Encryption encryption) {
    this.sourceSettings = sourceSettings;
    this.databases = databases;
    this.buckets = buckets;
    this.encryption = encryption;
  }

  RestoreTarget target(RestoreRequest request) {
    return RestoreTarget.of(request, sourceSettings);
  }

  void run(JobContext context, RestoreTarget target) throws IOException {
    if (target.dryRun()) {
      context.report().dryRun();
    }
    context.report().enter(JobPhase.FILES);
    Backup backup = context.choice().intact();
    List<Damage> tolerated = requireUndamaged(context, target);
    BackupContents contents = new BackupContents(context, encryption);
    MissingAtSource.report(contents, backup);
    requireRightKind(backup, target);
    Optional<DatabasePlan> plan = Optional.empty();
    if (target.database().isPresent()) {
      plan =
          Optional.of(
              databases.plan(
                  contents.dump(backup),
                  target.database().get(),
                  target.replace(),
                  context.cancellation()));
      if (target.dryRun()) {
        plan.get().warnings().forEach(context.report()::warn);
      }
    }
    List<TargetNode> nodes = target.blockstore().map(TargetNode::of).orElseGet(List::of);
    if (!nodes.isEmpty()) {
      new ObjectsRestore(
              contents,
              buckets,
              new UploadOptions(target.replace(), target.dryRun()),
              target.allObjects() ? Optional.empty() : references(contents, tolerated))
          .into(nodes);
    }
    context.cancellation().throwIfCancelled();
    if (backup.dump().isEmpty() && !target.dryRun()) {
      context.report().advise(List.of("Now " + RestoreAdvice.otherTool(backup.coveredUntil())));
    }
    if (plan.isPresent()) {
      if (target.dryRun()) {
        RestoreText.intent(plan.get()).forEach(context.report()::did);
      } else {
        database(context, backup, plan.get());
      }
    }
  }

  /**
   * The proven list of the objects that the dump refers to. If it is empty, a warning says that all
   * objects are sent.
   */
  private static Optional<ReadableFile> references(
      BackupContents contents, List<Damage> tolerated) {
    JobContext context = contents.context();
    String why;
    if (tolerated.stream().anyMatch(Restore::hidesReferences)) {
      why = " cannot be trusted: it, or SHA256SUMS, is damaged";
    } else {
      // Only a list that SHA256SUMS names: another one may leave objects out.
      Optional<ReadableFile> list = contents.list(Layout.REFERENCES);
      if (list.isPresent()) {
        return list;
      }
      why = " does not exist, as in some adopted dumps and backups of older versions";
    }
    context
        .report()
        .warn(
            "the list of references of backup "
                + context.id()
                + why
                + ". So the restore sends every object that the repository held at the backup,"
                + " including blocks that were purged before it");
    return Optional.empty();
  }

  private static boolean hidesReferences(Damage damage) {
    return EncryptedNames.plain(damage.name()).endsWith("/" + Layout.REFERENCES)
        || damage.name().endsWith("/" + Layout.CHECKSUMS);
  }

  /**
   * Refuses a backup whose requested part is damaged. Damage of the other part is ignored.
   *
   * @return damage that does not prevent the restore
   */
  private static List<Damage> requireUndamaged(JobContext context, RestoreTarget target)
      throws IOException {
    List<Damage> damage = new ArrayList<>();
    List<Damage> tolerated = new ArrayList<>();
    for (Damage link : context.repository().files().check(context.id())) {
      boolean ofObjects = link.name().startsWith("index/");
      boolean ofDatabase = DumpParts.isOfDump(link.name());
      if (ofDatabase ? target.database().isPresent() : !ofObjects && !isTolerable(link)) {
        damage.add(link);
      } else if (isTolerable(link)) {
        context.report().found(link);
        tolerated.add(link);
      }
    }
    if (damage.isEmpty()) {
      return tolerated;
    }
    damage.forEach(context.report()::found);
    throw new Problem(
        Kind.REPOSITORY,
        "backup "
            + context.id()
            + " is damaged, nothing was restored: "
            + damage.stream().limit(5).map(Restore::words).reduce((a, b) -> a + "; " + b).get()
            + (damage.size() > 5 ? "; …" : "")
            + ". Restore these files from a copy of the repository, choose another backup, or use"
            + " --only for the part that is not damaged");
  }

  /**
   * Whether neither a restore nor a drill needs the damaged file: the references, the missing
   * objects, the row counts or the digests. {@code backup.json} proves the dump, and each object
   * proves its line of the index.
   */
  static boolean isTolerable(Damage damage) {
    String name = EncryptedNames.plain(damage.name());
    return name.endsWith("/" + Layout.REFERENCES)
        || name.endsWith("/" + Layout.ROWS)
        || name.endsWith("/" + Layout.MISSING)
        || name.endsWith("/" + Layout.CHECKSUMS);
  }

  private static String words(Damage damage) {
    return damage.name()
        + " ("
        + damage.kind().word()
        + ": expected "
        + damage.expected()
        + ", found "
        + damage.found()
        + ")";
  }

  /** Refuses to restore blocks of a bucket into a table, or blocks of a table into a bucket. */
  private static void requireRightKind(Backup backup, RestoreTarget target) {
    boolean inDump =
        backup.objects().map(objects -> objects.strategy().equals("none")).orElse(false);
    if (target.blockstore().isEmpty()) {
      return;
    }
    switch (target.blockstore().get()) {
      case Blockstore.Postgresql intoDatabase when !inDump ->
          throw wrongKind(backup, "are objects, and the target's block store is POSTGRESQL");
      case Blockstore.S3 bucket when inDump -> throw notInBuckets(backup);
      case Blockstore.Raid raid when inDump -> throw notInBuckets(backup);
      default -> {}
    }
  }

  private static Problem notInBuckets(Backup backup) {
    return wrongKind(
        backup, "are in its dump, and the target's block store is a bucket, not POSTGRESQL");
  }

  private static Problem wrongKind(Backup backup, String what) {
    return new Problem(
        Kind.REPOSITORY,
        "the blocks of backup "
            + backup.id()
            + " "
            + what
            + ". Name a block store of the same kind, or use --only database; nothing was changed");
  }

  private void database(JobContext context, Backup backup, DatabasePlan plan) {
    AtomicLong filled = new AtomicLong();
    context
        .report()
        .enter(JobPhase.DATABASE, () -> new ProgressReport.Counts(0, 0, filled.get(), 0));
    DatabaseOutcome outcome = databases.carryOut(plan, filled::set, context.cancellation());
    outcome.warnings().forEach(context.report()::warn);
    RestoreText.done(plan, outcome).forEach(context.report()::did);
    context
        .report()
        .advise(
            RestoreAdvice.steps(
                backup.postgres().flatMap(Backup.Postgres::parsecMigration), outcome.keptAs()));
  }
}

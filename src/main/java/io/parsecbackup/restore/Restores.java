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
import io.parsecbackup.repository.storage.Damage;
import io.parsecbackup.repository.storage.Layout;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Brings a backup back in the one order that is safe: objects first, SQL last. Everything that
 * forbids it is said before anything is touched; cut off anywhere, the same call again does the
 * rest.
 */
@ApplicationScoped
public class Restores {

  public static final JobKind KIND = new JobKind("restore");

  private final SourceSettings sourceSettings;
  private final DatabaseRestorer databases;
  private final BucketUploader buckets;

  public Restores(
      SourceSettings sourceSettings, DatabaseRestorer databases, BucketUploader buckets) {
    this.sourceSettings = sourceSettings;
    this.databases = databases;
    this.buckets = buckets;
  }

  RestoreTarget target(RestoreRequest request) {
    return RestoreTarget.of(request, sourceSettings);
  }

  void run(JobSpace space, RestoreTarget target) throws IOException {
    if (target.dryRun()) {
      space.report().dryRun();
    }
    space.report().enter(JobPhase.FILES);
    Backup backup = space.choice().whole();
    List<Damage> dispensable = requireWhole(space, target);
    MissingAtSource.report(space, backup);
    requireRightKind(backup, target);
    Optional<DatabasePlan> plan = Optional.empty();
    if (target.database().isPresent()) {
      plan =
          Optional.of(
              databases.plan(
                  Dumps.of(space, backup),
                  target.database().get(),
                  target.replace(),
                  space.cancellation()));
      if (target.dryRun()) {
        plan.get().warnings().forEach(space.report()::warn);
      }
    }
    List<TargetNode> nodes = target.blockstore().map(TargetNode::of).orElseGet(List::of);
    if (!nodes.isEmpty()) {
      new ObjectsRestore(
              space,
              buckets,
              new UploadOptions(target.replace(), target.dryRun()),
              target.allObjects() ? Optional.empty() : references(space, dispensable))
          .into(nodes);
    }
    space.cancellation().throwIfCancelled();
    if (plan.isPresent()) {
      if (target.dryRun()) {
        RestoreText.intent(plan.get()).forEach(space.report()::did);
      } else {
        database(space, backup, plan.get());
      }
    }
  }

  /**
   * The proven list of the objects that the dump refers to; where there is none, a warning says
   * that all objects are sent.
   */
  private static Optional<Path> references(JobSpace space, List<Damage> dispensable) {
    String why;
    if (dispensable.stream().anyMatch(Restores::hidesReferences)) {
      why = " cannot be trusted: it, or SHA256SUMS, is damaged";
    } else {
      // Not any file of that name: one that SHA256SUMS does not name may leave objects out.
      Optional<Path> list = space.repository().files().proven(space.id(), Layout.REFERENCES);
      if (list.isPresent()) {
        return list;
      }
      why = " was never written, as for some adopted dumps and backups of older versions";
    }
    space
        .report()
        .warn(
            "the list of the objects that the dump of backup "
                + space.id()
                + " refers to"
                + why
                + ". So every object that the repository held at the backup is sent, also blocks"
                + " that had been purged at the source before it");
    return Optional.empty();
  }

  private static boolean hidesReferences(Damage damage) {
    return damage.name().endsWith("/" + Layout.REFERENCES)
        || damage.name().endsWith("/" + Layout.CHECKSUMS);
  }

  /**
   * Refuses damage that concerns what is asked for; the rest of the backup may be as it is.
   *
   * @return damage that does not prevent the restore
   */
  private static List<Damage> requireWhole(JobSpace space, RestoreTarget target)
      throws IOException {
    List<Damage> damage = new ArrayList<>();
    List<Damage> dispensable = new ArrayList<>();
    for (Damage link : space.repository().files().check(space.id())) {
      boolean ofObjects = link.name().startsWith("index/");
      boolean ofDatabase = link.name().contains("/database.");
      if (ofDatabase ? target.database().isPresent() : !ofObjects && !isDispensable(link)) {
        damage.add(link);
      } else if (isDispensable(link)) {
        space.report().found(link);
        dispensable.add(link);
      }
    }
    if (damage.isEmpty()) {
      return dispensable;
    }
    damage.forEach(space.report()::found);
    throw new Problem(
        Kind.REPOSITORY,
        "backup "
            + space.id()
            + " is damaged, nothing was restored: "
            + damage.stream().limit(5).map(Restores::words).reduce((a, b) -> a + "; " + b).get()
            + (damage.size() > 5 ? "; …" : "")
            + ". Bring these files back from a copy of the repository, or choose another backup;"
            + " --only restores the half that is whole");
  }

  /**
   * What neither a restore nor a drill needs: what the dump refers to, what was missing, the rows
   * of its tables, and the digests, for {@code backup.json} proves the dump, and each line of the
   * index is proven by its object.
   */
  static boolean isDispensable(Damage damage) {
    return damage.name().endsWith("/" + Layout.REFERENCES)
        || damage.name().endsWith("/" + Layout.ROWS)
        || damage.name().endsWith("/missing.txt")
        || damage.name().endsWith("/SHA256SUMS");
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

  /** Blocks do not change from a bucket into a table by being restored. */
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
            + ". Name a block store of the same kind, or use --only database. Nothing was touched");
  }

  private void database(JobSpace space, Backup backup, DatabasePlan plan) {
    AtomicLong filled = new AtomicLong();
    space.report().enter(JobPhase.DATABASE, () -> new ProgressReport.Counts(0, 0, filled.get(), 0));
    DatabaseOutcome outcome = databases.carryOut(plan, filled::set, space.cancellation());
    outcome.warnings().forEach(space.report()::warn);
    RestoreText.done(plan, outcome).forEach(space.report()::did);
    space
        .report()
        .advise(
            AfterRestore.steps(
                backup.postgres().flatMap(Backup.Postgres::parsecMigration), outcome.keptAs()));
  }
}

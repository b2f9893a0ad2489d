package io.parsecbackup.backup.doctor;

import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.backup.BackupReport;
import io.parsecbackup.parsec.Blockstore;
import io.parsecbackup.parsec.RaidMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Checks the nodes of a RAID, and what the result means for backups and for the Parsec server. */
final class RaidHealth {

  private RaidHealth() {}

  /** Checks a node; empty if it is healthy. */
  private interface NodeCheck {
    Optional<Problem> of(Blockstore.S3 bucket);
  }

  /**
   * Checks all nodes at the same time. The result is a note while the RAID tolerates the number of
   * unhealthy nodes, and a failure otherwise.
   *
   * @param nodeCheck throws a {@link Problem} if a node is not healthy
   * @param healthy describes each node if all are healthy
   */
  static CheckResult of(
      String check, Blockstore.Raid raid, Consumer<Blockstore.S3> nodeCheck, String healthy) {
    return health(
        check,
        raid,
        checkAll(
            raid,
            bucket -> {
              nodeCheck.accept(bucket);
              return Optional.empty();
            }),
        healthy);
  }

  /**
   * Like {@link #of}, but a node is also unhealthy if it is empty while others are not: it has lost
   * its objects.
   *
   * @param holdsObjects reads one of a bucket's objects; false if the bucket is empty
   */
  static CheckResult ofObjects(Blockstore.Raid raid, Predicate<Blockstore.S3> holdsObjects) {
    List<Optional<Problem>> found =
        checkAll(
            raid,
            bucket -> holdsObjects.test(bucket) ? Optional.empty() : Optional.of(isEmpty(bucket)));
    // A RAID0 may not have used every node yet, and a new server none.
    boolean allEmpty =
        found.stream().allMatch(node -> node.filter(RaidHealth::isEmpty).isPresent());
    if (allEmpty || raid.mode() == RaidMode.RAID0) {
      found = found.stream().map(node -> node.filter(problem -> !isEmpty(problem))).toList();
    }
    return health("objects", raid, found, "can be read");
  }

  private static Problem isEmpty(Blockstore.S3 bucket) {
    return new Problem(
        Kind.NOT_FOUND, "the bucket " + bucket.bucket() + " is empty, other nodes are not");
  }

  private static boolean isEmpty(Problem problem) {
    return problem.kind() == Kind.NOT_FOUND;
  }

  private static CheckResult health(
      String check, Blockstore.Raid raid, List<Optional<Problem>> found, String healthy) {
    int nodes = raid.nodes().size();
    List<String> unhealthy = new ArrayList<>();
    Optional<Problem> first = Optional.empty();
    boolean isDataLost = false;
    for (int node = 0; node < nodes; node++) {
      Optional<Problem> problem = found.get(node);
      if (problem.isPresent()) {
        unhealthy.add("node " + node + ": " + problem.get().getMessage());
        first = first.or(() -> problem);
        isDataLost |= raid.mode() == RaidMode.RAID5 && node < nodes - 1;
      }
    }
    String what = raid.mode() + " of " + nodes + " buckets";
    if (first.isEmpty()) {
      return CheckResult.ok(check, what + ", each of which " + healthy);
    }
    String words = String.join("; ", unhealthy) + ". " + remedy(isDataLost);
    return unhealthy.size() <= raid.mode().mayLose(nodes)
        ? CheckResult.note(
            check, what + ": backups continue with the other nodes, but fix this soon: " + words)
        : CheckResult.failed(
            check,
            new Problem(
                first.get().kind(),
                what + ", too many of which have problems: " + words,
                first.get()));
  }

  /** Parsec does not compute a lost data chunk from the parity: it answers HTTP 500. */
  private static String remedy(boolean isDataLost) {
    return (isDataLost
            ? "The Parsec server cannot read blocks whose data chunk is missing, although a backup"
                + " can. "
            : "")
        + "Repair the node; if it has lost its objects, run '"
        + BackupReport.REFILL
        + "'";
  }

  private static List<Optional<Problem>> checkAll(Blockstore.Raid raid, NodeCheck check) {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<CompletableFuture<Optional<Problem>>> checks =
          raid.nodes().stream()
              .map(node -> CompletableFuture.supplyAsync(() -> check(node, check), threads))
              .toList();
      return checks.stream().map(CompletableFuture::join).toList();
    }
  }

  private static Optional<Problem> check(Blockstore node, NodeCheck check) {
    try {
      return node instanceof Blockstore.S3 bucket ? check.of(bucket) : Optional.empty();
    } catch (Problem e) {
      return Optional.of(e);
    }
  }
}

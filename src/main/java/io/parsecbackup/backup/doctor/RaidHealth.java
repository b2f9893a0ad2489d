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

/** How the nodes of a RAID are, and what that means for a backup and for the Parsec server. */
final class RaidHealth {

  private RaidHealth() {}

  /** A look at a node; empty where it is well. */
  private interface Look {
    Optional<Problem> at(Blockstore.S3 bucket);
  }

  /**
   * Looks at all nodes at once. Nodes that may be lost without an object being lost are worth a
   * note; more of them are a failure.
   *
   * @param look throws a {@link Problem} where a node is not well
   * @param well what is so of each node otherwise
   */
  static CheckResult of(
      String party, Blockstore.Raid raid, Consumer<Blockstore.S3> look, String well) {
    return health(
        party,
        raid,
        lookAtAll(
            raid,
            bucket -> {
              look.accept(bucket);
              return Optional.empty();
            }),
        well);
  }

  /**
   * As the other; a node without any object, while others have some, has lost them.
   *
   * @param holdsObjects reads one of a bucket's objects; false where there is none
   */
  static CheckResult ofObjects(Blockstore.Raid raid, Predicate<Blockstore.S3> holdsObjects) {
    List<Optional<Problem>> found =
        lookAtAll(
            raid,
            bucket -> holdsObjects.test(bucket) ? Optional.empty() : Optional.of(isEmpty(bucket)));
    // RAID0 may have put nothing on a node yet, and a new server nothing on any.
    boolean isNone = found.stream().allMatch(node -> node.filter(RaidHealth::isEmpty).isPresent());
    if (isNone || raid.mode() == RaidMode.RAID0) {
      found = found.stream().map(node -> node.filter(problem -> !isEmpty(problem))).toList();
    }
    return health("objects", raid, found, "lets itself be read");
  }

  private static Problem isEmpty(Blockstore.S3 bucket) {
    return new Problem(
        Kind.NOT_FOUND, "the bucket " + bucket.bucket() + " is empty, other nodes are not");
  }

  private static boolean isEmpty(Problem problem) {
    return problem.kind() == Kind.NOT_FOUND;
  }

  private static CheckResult health(
      String party, Blockstore.Raid raid, List<Optional<Problem>> found, String well) {
    int nodes = raid.nodes().size();
    List<String> sick = new ArrayList<>();
    Optional<Problem> first = Optional.empty();
    boolean isDataLost = false;
    for (int node = 0; node < nodes; node++) {
      Optional<Problem> problem = found.get(node);
      if (problem.isPresent()) {
        sick.add("node " + node + ": " + problem.get().getMessage());
        first = first.or(() -> problem);
        isDataLost |= raid.mode() == RaidMode.RAID5 && node < nodes - 1;
      }
    }
    String what = raid.mode() + " of " + nodes + " buckets";
    if (first.isEmpty()) {
      return CheckResult.ok(party, what + ", each of which " + well);
    }
    String words = String.join("; ", sick) + ". " + remedy(isDataLost);
    return sick.size() <= raid.mode().mayLose(nodes)
        ? CheckResult.note(
            party, what + ": backups use what the other nodes have, but fix this soon: " + words)
        : CheckResult.failed(
            party,
            new Problem(
                first.get().kind(),
                what + ", too many of which are not well: " + words,
                first.get()));
  }

  /** Parsec does not compute a lost data chunk from the parity: it answers HTTP 500. */
  private static String remedy(boolean isDataLost) {
    return (isDataLost
            ? "The Parsec server cannot read blocks whose data chunk is missing, although a backup"
                + " can. "
            : "")
        + "Bring the node back; if it lost its objects, run '"
        + BackupReport.REFILL
        + "'";
  }

  private static List<Optional<Problem>> lookAtAll(Blockstore.Raid raid, Look look) {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<CompletableFuture<Optional<Problem>>> looks =
          raid.nodes().stream()
              .map(node -> CompletableFuture.supplyAsync(() -> look(node, look), threads))
              .toList();
      return looks.stream().map(CompletableFuture::join).toList();
    }
  }

  private static Optional<Problem> look(Blockstore node, Look look) {
    try {
      return node instanceof Blockstore.S3 bucket ? look.at(bucket) : Optional.empty();
    } catch (Problem e) {
      return Optional.of(e);
    }
  }
}

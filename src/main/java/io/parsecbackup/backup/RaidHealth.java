package io.parsecbackup.backup;

import io.parsecbackup.Problem;
import io.parsecbackup.backup.Diagnosis.Health;
import io.parsecbackup.parsec.Blockstore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/** How the nodes of a RAID are, and what that means for a backup. */
final class RaidHealth {

  private RaidHealth() {}

  /**
   * Looks at all nodes at once. Nodes that may be lost without an object being lost are worth a
   * note; more of them are a failure.
   *
   * @param look throws a {@link Problem} where a node is not well
   * @param well what is so of each node otherwise
   */
  static Health of(String party, Blockstore.Raid raid, Consumer<Blockstore.S3> look, String well) {
    List<String> sick = new ArrayList<>();
    Optional<Problem> first = Optional.empty();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<CompletableFuture<Optional<Problem>>> looks =
          raid.nodes().stream()
              .map(node -> CompletableFuture.supplyAsync(() -> look(node, look), threads))
              .toList();
      for (int i = 0; i < looks.size(); i++) {
        Optional<Problem> found = looks.get(i).join();
        if (found.isPresent()) {
          sick.add("node " + i + ": " + found.get().getMessage());
          first = first.or(() -> found);
        }
      }
    }
    String what = raid.mode() + " of " + raid.nodes().size() + " buckets";
    if (first.isEmpty()) {
      return Health.ok(party, what + ", each of which " + well);
    }
    String words = String.join("; ", sick);
    return sick.size() <= raid.mode().mayLose(raid.nodes().size())
        ? Health.note(
            party, what + ": backups use what the other nodes have, but mend this soon: " + words)
        : Health.failed(
            party,
            new Problem(
                first.get().kind(),
                what + ", too many of which are not well: " + words,
                first.get()));
  }

  private static Optional<Problem> look(Blockstore node, Consumer<Blockstore.S3> look) {
    try {
      if (node instanceof Blockstore.S3 bucket) {
        look.accept(bucket);
      }
      return Optional.empty();
    } catch (Problem e) {
      return Optional.of(e);
    }
  }
}

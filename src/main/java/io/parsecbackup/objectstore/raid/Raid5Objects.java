package io.parsecbackup.objectstore.raid;

import io.parsecbackup.objectstore.content.TransferException;
import io.parsecbackup.parsec.Raid5;
import io.parsecbackup.parsec.RaidMode;
import io.smallrye.mutiny.Uni;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Objects that are cut into chunks over all nodes but the last, which has their parity. The parity
 * is read only where a chunk is lost, or where the chunks make no block of the right size.
 */
record Raid5Objects(
    List<RaidNode> nodes, RaidCounters counters, Executor disk, Supplier<Path> parts)
    implements ObjectSource {

  @Override
  public Uni<FetchResult> get(FetchRequest wanted) {
    int enough = nodes.size() - 1;
    Optional<NodeEtags> held = NodeEtags.of(RaidMode.RAID5, nodes.size(), wanted.heldEtag());
    List<Integer> known =
        held.isEmpty()
            ? List.of()
            : IntStream.range(0, nodes.size()).filter(held.get()::isKnown).boxed().toList();
    return known.size() < enough
        ? fetch(wanted)
        : recheck(wanted, held.get(), known.subList(0, enough));
  }

  /** Unchanged where the chunks that make the block are; else it is read anew. */
  private Uni<FetchResult> recheck(FetchRequest wanted, NodeEtags held, List<Integer> known) {
    return RaidObjects.all(known.stream().map(node -> ask(node, wanted, held.part(node))).toList())
        .emitOn(disk)
        .onItem()
        .transformToUni(answers -> {
          RaidObjects.discard(answers);
          return answers.stream().allMatch(RaidNode.Unchanged.class::isInstance)
              ? Uni.createFrom()
                  .failure(
                      new TransferException(
                          TransferException.Kind.UNCHANGED, "the chunks are those that are held"))
              : fetch(wanted);
        });
  }

  private Uni<RaidNode.Answer> ask(int node, FetchRequest whole, String unless) {
    OptionalLong chunk =
        whole.size().isEmpty()
            ? OptionalLong.empty()
            : OptionalLong.of(new Raid5(nodes.size()).chunkLength(whole.size().getAsLong()));
    String listed =
        NodeEtags.of(RaidMode.RAID5, nodes.size(), whole.listedEtag())
            .map(etags -> etags.part(node))
            .orElse("");
    return nodes.get(node).ask(new FetchRequest(whole.key(), chunk, listed, unless));
  }

  private Uni<FetchResult> fetch(FetchRequest wanted) {
    int parity = nodes.size() - 1;
    return RaidObjects.all(
            IntStream.range(0, parity).mapToObj(node -> ask(node, wanted, "")).toList())
        .emitOn(disk)
        .onItem()
        .transformToUni(answers -> {
          Optional<FetchResult> whole = join(wanted, answers, true);
          if (whole.isPresent()) {
            RaidObjects.discard(answers);
            return Uni.createFrom().item(whole.get());
          }
          return ask(parity, wanted, "")
              .emitOn(disk)
              .onItem()
              .transform(last -> withParity(wanted, answers, last));
        });
  }

  private FetchResult withParity(
      FetchRequest wanted, List<RaidNode.Answer> data, RaidNode.Answer parity) {
    List<RaidNode.Answer> answers = new ArrayList<>(data);
    answers.add(parity);
    try {
      return join(wanted, answers, false).orElseThrow(() -> failure(answers));
    } finally {
      RaidObjects.discard(answers);
    }
  }

  /** The object, if the answers make one; and one of the right size, where that {@code must} be. */
  private Optional<FetchResult> join(
      FetchRequest wanted, List<RaidNode.Answer> answers, boolean must) {
    try (ChunkFiles chunks = ChunkFiles.open(new Raid5(nodes.size()), answers)) {
      Optional<ChunkFiles.Joined> joined = chunks.join(wanted.size());
      if (joined.isEmpty() || (must && !joined.get().hasSize(wanted.size()))) {
        return Optional.empty();
      }
      if (joined.get().from().getLast().node() == nodes.size() - 1) {
        counters.degraded.increment();
        counters.withoutData.increment();
      }
      return Optional.of(chunks.write(joined.get(), parts.get()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private TransferException failure(List<RaidNode.Answer> answers) {
    RaidFailure failures = new RaidFailure(nodes);
    for (int i = 0; i < answers.size(); i++) {
      if (answers.get(i) instanceof RaidNode.Failed(TransferException failure)) {
        failures.add(i, failure);
      }
    }
    if (failures.count() > 1) {
      return failures.asOne("too few nodes give their chunk of the object");
    }
    List<String> lengths = new ArrayList<>();
    for (RaidNode.Answer answer : answers) {
      lengths.add(
          answer instanceof RaidNode.Fetched(FetchResult arrived)
              ? Long.toString(arrived.fetched().size())
              : "none");
    }
    return new TransferException(
        TransferException.Kind.REFUSED,
        "the nodes' chunks, of "
            + String.join(", ", lengths)
            + " bytes, make no block, whichever of them is taken for lost");
  }
}

package io.parsecbackup.objectstore.raid;

import io.parsecbackup.objectstore.content.BodyScratch;
import io.parsecbackup.objectstore.content.TransferException;
import io.parsecbackup.parsec.Raid5;
import io.parsecbackup.parsec.RaidMode;
import io.smallrye.mutiny.Uni;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import java.util.stream.IntStream;

/**
 * Objects that are split into chunks on all nodes but the last, which has their parity. The parity
 * is read only if a chunk is missing, or if the chunks do not form a block of the right size.
 */
record Raid5Objects(List<RaidNode> nodes, RaidCounters counters, Executor disk, BodyScratch bodies)
    implements ObjectSource {

  @Override
  public Uni<FetchResult> get(FetchRequest request) {
    int enough = nodes.size() - 1;
    Optional<NodeEtags> held = NodeEtags.of(RaidMode.RAID5, nodes.size(), request.heldEtag());
    List<Integer> known =
        held.isEmpty()
            ? List.of()
            : IntStream.range(0, nodes.size()).filter(held.get()::isKnown).boxed().toList();
    return known.size() < enough
        ? fetch(request)
        : recheck(request, held.get(), known.subList(0, enough));
  }

  /** The object is unchanged if the chunks that form it are. Otherwise it is fetched again. */
  private Uni<FetchResult> recheck(FetchRequest request, NodeEtags held, List<Integer> known) {
    return NodeAnswers.all(known.stream().map(node -> ask(node, request, held.part(node))).toList())
        .emitOn(disk)
        .onItem()
        .transformToUni(answers -> {
          NodeAnswers.discard(answers);
          return answers.stream().allMatch(RaidNode.Unchanged.class::isInstance)
              ? Uni.createFrom()
                  .failure(
                      new TransferException(
                          TransferException.Kind.UNCHANGED, "the chunks have not changed"))
              : fetch(request);
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

  private Uni<FetchResult> fetch(FetchRequest request) {
    int parity = nodes.size() - 1;
    return NodeAnswers.all(
            IntStream.range(0, parity).mapToObj(node -> ask(node, request, "")).toList())
        .emitOn(disk)
        .onItem()
        .transformToUni(answers -> {
          Optional<FetchResult> whole = join(request, answers, true);
          if (whole.isPresent()) {
            NodeAnswers.discard(answers);
            return Uni.createFrom().item(whole.get());
          }
          return ask(parity, request, "")
              .emitOn(disk)
              .onItem()
              .transform(last -> withParity(request, answers, last));
        });
  }

  private FetchResult withParity(
      FetchRequest request, List<RaidNode.Answer> data, RaidNode.Answer parity) {
    List<RaidNode.Answer> answers = new ArrayList<>(data);
    answers.add(parity);
    try {
      return join(request, answers, false).orElseThrow(() -> failure(answers));
    } finally {
      NodeAnswers.discard(answers);
    }
  }

  /**
   * The object, if the answers form one.
   *
   * @param exact whether it must have the requested size
   */
  private Optional<FetchResult> join(
      FetchRequest request, List<RaidNode.Answer> answers, boolean exact) {
    try (ChunkFiles chunks = ChunkFiles.open(new Raid5(nodes.size()), answers)) {
      Optional<ChunkFiles.Joined> joined = chunks.join(request.size());
      if (joined.isEmpty() || (exact && !joined.get().hasSize(request.size()))) {
        return Optional.empty();
      }
      if (joined.get().from().getLast().node() == nodes.size() - 1) {
        counters.degraded.increment();
        counters.withoutData.increment();
      }
      return Optional.of(chunks.write(joined.get(), bodies));
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
      return failures.asOne("too few nodes returned their chunk of the object");
    }
    List<String> lengths = new ArrayList<>();
    for (RaidNode.Answer answer : answers) {
      lengths.add(
          answer instanceof RaidNode.Fetched(FetchResult result)
              ? Long.toString(result.fetched().size())
              : "none");
    }
    return new TransferException(
        TransferException.Kind.REFUSED,
        "the nodes' chunks, of "
            + String.join(", ", lengths)
            + " bytes, do not form a block, whichever of them is left out");
  }
}

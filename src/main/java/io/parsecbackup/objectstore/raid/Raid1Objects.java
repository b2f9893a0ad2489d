package io.parsecbackup.objectstore.raid;

import io.parsecbackup.objectstore.content.FetchedObject;
import io.parsecbackup.objectstore.content.ReceivedObject;
import io.parsecbackup.objectstore.content.TransferException;
import io.parsecbackup.parsec.RaidMode;
import io.smallrye.mutiny.Uni;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * Objects of which every node has a copy. The first copy of the right size is used. The others are
 * compared with it: by their ETags if those are equal, otherwise by their bytes.
 */
record Raid1Objects(List<RaidNode> nodes, RaidCounters counters, Executor disk)
    implements ObjectSource {

  @Override
  public Uni<FetchResult> get(FetchRequest request) {
    List<String> held = parts(request.heldEtag());
    return held.stream().allMatch(String::isEmpty)
        ? first(request, 0, new Search(new RaidFailure(nodes)))
        : recheck(request, held);
  }

  /** The ETag that each node should have; empty for all if none is known. */
  private List<String> parts(String etag) {
    Optional<NodeEtags> known = NodeEtags.of(RaidMode.RAID1, nodes.size(), etag);
    String any = NodeEtags.ofWhole(etag);
    List<String> parts = new ArrayList<>();
    for (int i = 0; i < nodes.size(); i++) {
      String part = known.isPresent() ? known.get().part(i) : "";
      parts.add(part.isEmpty() ? any : part);
    }
    return parts;
  }

  /** The object is unchanged if no node has another one. Otherwise it is fetched again. */
  private Uni<FetchResult> recheck(FetchRequest request, List<String> held) {
    List<Uni<RaidNode.Answer>> questions = new ArrayList<>();
    for (int i = 0; i < nodes.size(); i++) {
      questions.add(
          nodes.get(i).ask(new FetchRequest(request.key(), request.size(), "", held.get(i))));
    }
    return NodeAnswers.all(questions)
        .emitOn(disk)
        .onItem()
        .transformToUni(answers -> {
          boolean changed = answers.stream().anyMatch(RaidNode.Fetched.class::isInstance);
          boolean confirmed = answers.stream().anyMatch(RaidNode.Unchanged.class::isInstance);
          NodeAnswers.discard(answers);
          if (changed || !confirmed) {
            return first(request, 0, new Search(new RaidFailure(nodes)));
          }
          if (answers.stream().anyMatch(RaidNode.Failed.class::isInstance)) {
            counters.degraded.increment();
          }
          return Uni.createFrom()
              .failure(
                  new TransferException(
                      TransferException.Kind.UNCHANGED, "the copies have not changed"));
        });
  }

  /** The answers of the nodes that were asked so far. */
  private static final class Search {
    final RaidFailure failures;
    Optional<FetchResult> ofOtherSize = Optional.empty();
    int from;

    Search(RaidFailure failures) {
      this.failures = failures;
    }
  }

  /** Uses the copy of {@code node}, or of the first node after it with one of the right size. */
  private Uni<FetchResult> first(FetchRequest request, int node, Search search) {
    if (node == nodes.size()) {
      return search
          .ofOtherSize
          .map(result -> compared(search.from, result, List.of(), true))
          .orElseGet(
              () -> Uni.createFrom().failure(search.failures.asOne("no node returned the object")));
    }
    String listed =
        NodeEtags.of(RaidMode.RAID1, nodes.size(), request.listedEtag())
            .map(etags -> etags.part(node))
            .orElse("");
    return nodes
        .get(node)
        .ask(new FetchRequest(request.key(), request.size(), listed, ""))
        .emitOn(disk)
        .onItem()
        .transformToUni(answer ->
            switch (answer) {
              case RaidNode.Fetched(FetchResult result) when hasSize(request, result) -> {
                search.ofOtherSize.ifPresent(FetchResult::close);
                List<Uni<RaidNode.Answer>> others = others(request, node, result);
                yield compared(node, result, others, node > 0);
              }
              case RaidNode.Fetched(FetchResult result) -> {
                if (search.ofOtherSize.isPresent()) {
                  result.close();
                } else {
                  search.ofOtherSize = Optional.of(result);
                  search.from = node;
                }
                yield first(request, node + 1, search);
              }
              case RaidNode.Failed(TransferException failure) -> {
                search.failures.add(node, failure);
                yield first(request, node + 1, search);
              }
              case RaidNode.Unchanged unchanged ->
                  throw new IllegalStateException(
                      "a node answered 'not modified' to a request without a condition");
            });
  }

  private static boolean hasSize(FetchRequest request, FetchResult result) {
    return request.size().orElse(result.fetched().size()) == result.fetched().size();
  }

  /** Asks each node after {@code node} whether it has the same bytes. */
  private List<Uni<RaidNode.Answer>> others(FetchRequest request, int node, FetchResult result) {
    FetchRequest other =
        new FetchRequest(request.key(), request.size(), "", result.fetched().etag());
    return nodes.subList(node + 1, nodes.size()).stream().map(n -> n.ask(other)).toList();
  }

  /**
   * Compares a copy with those of the nodes after its own.
   *
   * @param skipped whether nodes before it had no copy, or one of another size
   */
  private Uni<FetchResult> compared(
      int node, FetchResult result, List<Uni<RaidNode.Answer>> others, boolean skipped) {
    return NodeAnswers.all(others)
        .emitOn(disk)
        .onItem()
        .transform(answers -> withCopies(node, result, answers, skipped));
  }

  private FetchResult withCopies(
      int node, FetchResult result, List<RaidNode.Answer> answers, boolean skipped) {
    FetchedObject ours = result.fetched();
    List<String> etags = new ArrayList<>(Collections.nCopies(nodes.size(), ""));
    etags.set(node, ours.etag());
    List<ReceivedObject> copies = new ArrayList<>();
    boolean degraded = skipped;
    for (int i = 0; i < answers.size(); i++) {
      int other = node + 1 + i;
      switch (answers.get(i)) {
        case RaidNode.Unchanged unchanged -> etags.set(other, ours.etag());
        case RaidNode.Failed failed -> degraded = true;
        case RaidNode.Fetched(FetchResult theirs) -> {
          FetchedObject found = theirs.fetched();
          boolean same = found.size() == ours.size() && found.sha256().equals(ours.sha256());
          if (same) {
            etags.set(other, found.etag());
          }
          if (!same && found.size() == ours.size() && isNew(found, copies)) {
            copies.add(theirs.received());
          } else {
            theirs.close();
          }
          degraded |= found.size() != ours.size();
        }
      }
    }
    if (degraded) {
      counters.degraded.increment();
    }
    return new FetchResult(
        result.received().withEtag(new NodeEtags(RaidMode.RAID1, etags).text()),
        result.check(),
        List.copyOf(copies));
  }

  /** Two nodes may have the same other bytes. */
  private static boolean isNew(FetchedObject found, List<ReceivedObject> copies) {
    return copies.stream().noneMatch(copy -> copy.object().sha256().equals(found.sha256()));
  }
}

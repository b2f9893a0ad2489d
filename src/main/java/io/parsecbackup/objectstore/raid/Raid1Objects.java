package io.parsecbackup.objectstore.raid;

import io.parsecbackup.objectstore.content.FetchedObject;
import io.parsecbackup.objectstore.content.TransferException;
import io.parsecbackup.parsec.RaidMode;
import io.smallrye.mutiny.Uni;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * Objects of which every node has a copy: the first copy of the right size is taken, and the others
 * are compared with it, by their ETags where those are the same, else by their bytes.
 */
record Raid1Objects(List<RaidNode> nodes, RaidCounters counters, Executor disk)
    implements ObjectSource {

  @Override
  public Uni<FetchResult> get(FetchRequest wanted) {
    List<String> held = parts(wanted.heldEtag());
    return held.stream().allMatch(String::isEmpty)
        ? first(wanted, 0, new Search(new RaidFailure(nodes)))
        : recheck(wanted, held);
  }

  /** The ETag that each node should have, where one is known of any. */
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

  /** Unchanged while no node has something else; else all of it is read anew. */
  private Uni<FetchResult> recheck(FetchRequest wanted, List<String> held) {
    List<Uni<RaidNode.Answer>> questions = new ArrayList<>();
    for (int i = 0; i < nodes.size(); i++) {
      questions.add(
          nodes.get(i).ask(new FetchRequest(wanted.key(), wanted.size(), "", held.get(i))));
    }
    return RaidObjects.all(questions)
        .emitOn(disk)
        .onItem()
        .transformToUni(answers -> {
          boolean changed = answers.stream().anyMatch(RaidNode.Fetched.class::isInstance);
          boolean confirmed = answers.stream().anyMatch(RaidNode.Unchanged.class::isInstance);
          RaidObjects.discard(answers);
          if (changed || !confirmed) {
            return first(wanted, 0, new Search(new RaidFailure(nodes)));
          }
          if (answers.stream().anyMatch(RaidNode.Failed.class::isInstance)) {
            counters.degraded.increment();
          }
          return Uni.createFrom()
              .failure(
                  new TransferException(
                      TransferException.Kind.UNCHANGED, "the copies are those that are held"));
        });
  }

  /** What the nodes before have given. */
  private static final class Search {
    final RaidFailure failures;
    Optional<FetchResult> ofOtherSize = Optional.empty();
    int from;

    Search(RaidFailure failures) {
      this.failures = failures;
    }
  }

  /** Takes the copy of {@code node}, or of the first after it that has one of the right size. */
  private Uni<FetchResult> first(FetchRequest wanted, int node, Search search) {
    if (node == nodes.size()) {
      return search
          .ofOtherSize
          .map(arrived -> compared(search.from, arrived, List.of(), true))
          .orElseGet(
              () -> Uni.createFrom().failure(search.failures.asOne("no node gives the object")));
    }
    String listed =
        NodeEtags.of(RaidMode.RAID1, nodes.size(), wanted.listedEtag())
            .map(etags -> etags.part(node))
            .orElse("");
    return nodes
        .get(node)
        .ask(new FetchRequest(wanted.key(), wanted.size(), listed, ""))
        .emitOn(disk)
        .onItem()
        .transformToUni(answer ->
            switch (answer) {
              case RaidNode.Fetched(FetchResult arrived) when isWanted(wanted, arrived) -> {
                search.ofOtherSize.map(FetchResult::file).ifPresent(RaidObjects::discard);
                List<Uni<RaidNode.Answer>> others = others(wanted, node, arrived);
                yield compared(node, arrived, others, node > 0);
              }
              case RaidNode.Fetched(FetchResult arrived) -> {
                if (search.ofOtherSize.isPresent()) {
                  RaidObjects.discard(arrived.file());
                } else {
                  search.ofOtherSize = Optional.of(arrived);
                  search.from = node;
                }
                yield first(wanted, node + 1, search);
              }
              case RaidNode.Failed(TransferException failure) -> {
                search.failures.add(node, failure);
                yield first(wanted, node + 1, search);
              }
              case RaidNode.Unchanged unchanged ->
                  throw new IllegalStateException(
                      "a node answered a condition that it was not given");
            });
  }

  private static boolean isWanted(FetchRequest wanted, FetchResult arrived) {
    return wanted.size().orElse(arrived.fetched().size()) == arrived.fetched().size();
  }

  /** The question to each node behind {@code node} whether it has the same bytes. */
  private List<Uni<RaidNode.Answer>> others(FetchRequest wanted, int node, FetchResult arrived) {
    FetchRequest other =
        new FetchRequest(wanted.key(), wanted.size(), "", arrived.fetched().etag());
    return nodes.subList(node + 1, nodes.size()).stream().map(n -> n.ask(other)).toList();
  }

  /**
   * Adds to a copy what the nodes behind its own have.
   *
   * @param passedOver whether nodes before it did not have it as it should be
   */
  private Uni<FetchResult> compared(
      int node, FetchResult arrived, List<Uni<RaidNode.Answer>> others, boolean passedOver) {
    return RaidObjects.all(others)
        .emitOn(disk)
        .onItem()
        .transform(answers -> withCopies(node, arrived, answers, passedOver));
  }

  private FetchResult withCopies(
      int node, FetchResult arrived, List<RaidNode.Answer> answers, boolean passedOver) {
    FetchedObject ours = arrived.fetched();
    List<String> etags = new ArrayList<>(Collections.nCopies(nodes.size(), ""));
    etags.set(node, ours.etag());
    List<FetchResult.Copy> copies = new ArrayList<>();
    boolean degraded = passedOver;
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
            copies.add(new FetchResult.Copy(theirs.file(), found));
          } else {
            RaidObjects.discard(theirs.file());
          }
          degraded |= found.size() != ours.size();
        }
      }
    }
    if (degraded) {
      counters.degraded.increment();
    }
    return new FetchResult(
        arrived.file(),
        ours.withEtag(new NodeEtags(RaidMode.RAID1, etags).text()),
        arrived.check(),
        List.copyOf(copies));
  }

  /** Two nodes may have the same other bytes. */
  private static boolean isNew(FetchedObject found, List<FetchResult.Copy> copies) {
    return copies.stream().noneMatch(copy -> copy.fetched().sha256().equals(found.sha256()));
  }
}

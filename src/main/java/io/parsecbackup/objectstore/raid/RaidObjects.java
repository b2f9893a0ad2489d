package io.parsecbackup.objectstore.raid;

import io.parsecbackup.parsec.Raid0;
import io.parsecbackup.parsec.RaidMode;
import io.smallrye.mutiny.Uni;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/** Whole objects from the nodes of a RAID. */
final class RaidObjects {

  private RaidObjects() {}

  /**
   * The objects of a RAID.
   *
   * @param nodes in the order of their indexes
   * @param counters told of what nodes lack
   * @param disk runs what blocks
   * @param parts gives the name of a file that is not there yet
   */
  static ObjectSource of(
      RaidMode mode,
      List<RaidNode> nodes,
      RaidCounters counters,
      Executor disk,
      Supplier<Path> parts) {
    return switch (mode) {
      case RAID0 -> wanted -> nodes.get(Raid0.node(wanted.key(), nodes.size())).get(whole(wanted));
      case RAID1 -> new Raid1Objects(nodes, counters, disk);
      case RAID5 -> new Raid5Objects(nodes, counters, disk, parts);
    };
  }

  /** What is held may have come from another layout. */
  private static FetchRequest whole(FetchRequest wanted) {
    return new FetchRequest(
        wanted.key(), wanted.size(), wanted.listedEtag(), NodeEtags.ofWhole(wanted.heldEtag()));
  }

  /** Asks nodes at once; their answers in the same order. */
  static Uni<List<RaidNode.Answer>> all(List<Uni<RaidNode.Answer>> questions) {
    return questions.isEmpty()
        ? Uni.createFrom().item(List.of())
        : Uni.join().all(questions).andFailFast();
  }

  /** Deletes what has come with answers that are of no use. */
  static void discard(List<RaidNode.Answer> answers) {
    for (RaidNode.Answer answer : answers) {
      if (answer instanceof RaidNode.Fetched(FetchResult arrived)) {
        discard(arrived.file());
      }
    }
  }

  static void discard(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

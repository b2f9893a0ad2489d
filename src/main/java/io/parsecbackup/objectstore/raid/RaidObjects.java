package io.parsecbackup.objectstore.raid;

import io.parsecbackup.objectstore.content.BodyScratch;
import io.parsecbackup.parsec.Raid0;
import io.parsecbackup.parsec.RaidMode;
import java.util.List;
import java.util.concurrent.Executor;

/** Whole objects from the nodes of a RAID. */
final class RaidObjects {

  private RaidObjects() {}

  /**
   * The objects of a RAID.
   *
   * @param nodes in the order of their indexes
   * @param counters counts objects that are degraded
   * @param disk runs blocking work
   * @param bodies receives the objects
   */
  static ObjectSource of(
      RaidMode mode,
      List<RaidNode> nodes,
      RaidCounters counters,
      Executor disk,
      BodyScratch bodies) {
    return switch (mode) {
      case RAID0 ->
          request -> nodes.get(Raid0.node(request.key(), nodes.size())).get(whole(request));
      case RAID1 -> new Raid1Objects(nodes, counters, disk);
      case RAID5 -> new Raid5Objects(nodes, counters, disk, bodies);
    };
  }

  /** The object in the repository may come from another layout, so its ETags may be of nodes. */
  private static FetchRequest whole(FetchRequest request) {
    return new FetchRequest(
        request.key(), request.size(), request.listedEtag(), NodeEtags.ofWhole(request.heldEtag()));
  }
}

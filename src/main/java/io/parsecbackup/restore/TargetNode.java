package io.parsecbackup.restore;

import io.parsecbackup.Problem;
import io.parsecbackup.objectstore.raid.NodeShare;
import io.parsecbackup.parsec.Blockstore;
import io.parsecbackup.parsec.RaidMode;
import java.util.ArrayList;
import java.util.List;

/**
 * One bucket that objects are restored into.
 *
 * @param prefix the beginning of all messages about it, which names the node and the RAID; empty
 *     for a bucket that is no node
 */
record TargetNode(String prefix, Blockstore.S3 bucket, NodeShare share) {

  /** The buckets of a target in the order of their indexes; empty if it has none. */
  static List<TargetNode> of(Blockstore blockstore) {
    return switch (blockstore) {
      case Blockstore.S3 bucket -> List.of(new TargetNode("", bucket, new NodeShare.Whole()));
      case Blockstore.Raid(RaidMode mode, List<Blockstore> nodes) -> {
        List<TargetNode> all = new ArrayList<>();
        for (int i = 0; i < nodes.size(); i++) {
          if (nodes.get(i) instanceof Blockstore.S3 bucket) {
            all.add(
                new TargetNode(
                    "node " + i + " of " + mode + ", bucket " + bucket.bucket() + ": ",
                    bucket,
                    NodeShare.of(mode, i, nodes.size())));
          }
        }
        yield all;
      }
      case Blockstore.Postgresql inDump -> List.of();
      case Blockstore.Swift swift -> List.of();
      case Blockstore.Mocked mocked -> List.of();
    };
  }

  /** {@code problem} with the node in its message. */
  Problem of(Problem problem) {
    return prefix.isEmpty() || problem.kind() == Problem.Kind.CANCELLED
        ? problem
        : new Problem(problem.kind(), prefix + problem.getMessage(), problem);
  }
}

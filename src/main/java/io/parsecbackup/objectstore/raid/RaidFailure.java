package io.parsecbackup.objectstore.raid;

import io.parsecbackup.objectstore.content.TransferException;
import io.parsecbackup.objectstore.content.TransferException.Kind;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The nodes' failures for one object that cannot be fetched because of them. */
final class RaidFailure {

  private final List<RaidNode> nodes;
  private final Map<Integer, TransferException> failures = new TreeMap<>();

  RaidFailure(List<RaidNode> nodes) {
    this.nodes = nodes;
  }

  void add(int node, TransferException failure) {
    failures.put(node, failure);
  }

  int count() {
    return failures.size();
  }

  /**
   * All failures as one. Its kind says that the object or the bucket is missing only if every
   * failed node says so.
   *
   * @param what could not be done
   */
  TransferException asOne(String what) {
    StringBuilder message = new StringBuilder(what);
    failures.forEach((node, failure) ->
        message
            .append(message.length() == what.length() ? ": " : "; ")
            .append(nodes.get(node).name())
            .append(": ")
            .append(failure.getMessage()));
    return new TransferException(kind(), message.toString());
  }

  private Kind kind() {
    Optional<Kind> first = failures.values().stream().map(TransferException::kind).findFirst();
    boolean alike =
        first.isPresent()
            && failures.values().stream().allMatch(failure -> failure.kind() == first.get());
    if (alike) {
      return first.get();
    }
    // A store that is down may fail in different ways at different nodes.
    return failures.values().stream().allMatch(RaidFailure::isOfTheStore)
        ? Kind.TEMPORARY
        : Kind.REFUSED;
  }

  private static boolean isOfTheStore(TransferException failure) {
    return switch (failure.kind()) {
      case TEMPORARY, THROTTLED, NO_BUCKET, NO_ACCESS -> true;
      case UNCHANGED, ABSENT, PRESENT, UNSUPPORTED, REFUSED -> false;
    };
  }
}

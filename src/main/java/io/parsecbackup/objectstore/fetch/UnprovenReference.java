package io.parsecbackup.objectstore.fetch;

import io.parsecbackup.repository.AcceptedLoss;
import io.parsecbackup.repository.index.ColumnCodec;
import io.parsecbackup.repository.index.RecordCodec;
import io.parsecbackup.repository.index.Reference;
import java.util.List;
import java.util.stream.Stream;

/**
 * A reference of the dump that the index did not prove before the run.
 *
 * @param wasHeld whether the repository had the object, and its file is damaged or lost
 */
record UnprovenReference(Reference reference, boolean wasHeld) {

  private static final String HELD = "held";
  private static final String NEW = "new";

  /** Writes unproven references to scratch files. */
  static final RecordCodec<UnprovenReference> CODEC =
      new ColumnCodec<>(
          UnprovenReference::key,
          2,
          unproven -> List.of(unproven.reference.sizeList(), unproven.wasHeld ? HELD : NEW),
          columns ->
              new UnprovenReference(
                  new Reference(columns.get(0), sizes(columns.get(1))),
                  columns.get(2).equals(HELD)));

  String key() {
    return reference.key();
  }

  /** The binding that an accepted loss of this object must have. */
  String binding() {
    return AcceptedLoss.binding(reference.sizeList(), wasHeld);
  }

  private static List<Long> sizes(String list) {
    return Stream.of(list.split(",")).map(Long::parseLong).toList();
  }
}

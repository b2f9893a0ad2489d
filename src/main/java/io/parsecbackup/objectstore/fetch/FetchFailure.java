package io.parsecbackup.objectstore.fetch;

import io.parsecbackup.repository.index.ColumnCodec;
import io.parsecbackup.repository.index.RecordCodec;
import java.util.List;

/** An object that a run could not fetch, and the reason. */
record FetchFailure(String key, Kind kind, String reason) {

  /** How the object failed. */
  enum Kind {
    /** The source does not have the object. */
    ABSENT,
    /** The source does not return the object, or it cannot be stored. */
    UNREADABLE,
    /** The source has other bytes than the final ones in the repository. */
    REPLACED
  }

  /** Writes failures to scratch files. */
  static final RecordCodec<FetchFailure> CODEC =
      new ColumnCodec<>(
          FetchFailure::key,
          2,
          failure -> List.of(failure.kind.name(), failure.reason),
          columns ->
              new FetchFailure(columns.get(0), Kind.valueOf(columns.get(1)), columns.get(2)));
}

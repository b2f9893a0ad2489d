package io.parsecbackup.objectstore.listing;

import io.parsecbackup.repository.index.ColumnCodec;
import io.parsecbackup.repository.index.RecordCodec;
import java.time.Instant;
import java.util.List;

/**
 * An object as a bucket's listing names it.
 *
 * @param size in bytes
 * @param etag without quotes
 */
public record ListedObject(String key, long size, String etag, Instant lastModified) {

  /** Writes listed objects to scratch files. */
  public static final RecordCodec<ListedObject> CODEC =
      new ColumnCodec<>(
          ListedObject::key,
          3,
          object ->
              List.of(
                  Long.toString(object.size),
                  object.etag,
                  Long.toString(object.lastModified.toEpochMilli())),
          columns ->
              new ListedObject(
                  columns.get(0),
                  Long.parseLong(columns.get(1)),
                  columns.get(2),
                  Instant.ofEpochMilli(Long.parseLong(columns.get(3)))));
}

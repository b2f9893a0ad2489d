package io.parsecbackup.objectstore.raid;

import io.parsecbackup.repository.index.IndexRecord;
import java.util.OptionalLong;

/**
 * An object to fetch.
 *
 * @param size in bytes, as its row or its listing says; empty if neither is known, or if two rows
 *     differ
 * @param listedEtag as the listing shows it; empty if it was not listed
 * @param heldEtag the ETag of the bytes in the repository, which need not be sent again; empty to
 *     fetch the object in any case
 */
public record FetchRequest(String key, OptionalLong size, String listedEtag, String heldEtag) {

  /** The object of {@code held}, unless the source still has the same bytes. */
  public static FetchRequest ifChanged(IndexRecord held) {
    return new FetchRequest(held.key(), OptionalLong.of(held.size()), "", held.etag());
  }
}

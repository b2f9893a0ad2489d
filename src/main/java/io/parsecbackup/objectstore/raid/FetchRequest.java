package io.parsecbackup.objectstore.raid;

import io.parsecbackup.repository.index.IndexRecord;
import java.util.OptionalLong;

/**
 * An object that is to be fetched.
 *
 * @param size in bytes, as its row or its listing says; empty where nobody says, or two rows say
 *     different things
 * @param listedEtag as the listing has it; empty where it was not listed
 * @param heldEtag of the bytes that the repository holds, which need not be sent again; empty to
 *     have the object in any case
 */
public record FetchRequest(String key, OptionalLong size, String listedEtag, String heldEtag) {

  /** The object that {@code entry} describes, as the source has it now. */
  public static FetchRequest of(IndexRecord entry) {
    return new FetchRequest(entry.key(), size(entry), entry.etag(), "");
  }

  /** As {@link #of}, where it is other than what {@code held} describes. */
  public static FetchRequest unless(IndexRecord held) {
    return new FetchRequest(held.key(), size(held), "", held.etag());
  }

  private static OptionalLong size(IndexRecord entry) {
    return entry.size() < 0 ? OptionalLong.empty() : OptionalLong.of(entry.size());
  }
}

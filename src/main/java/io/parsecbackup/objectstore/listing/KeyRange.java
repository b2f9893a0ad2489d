package io.parsecbackup.objectstore.listing;

import java.util.Optional;

/**
 * Neighbouring keys.
 *
 * @param after all of them come after this one
 * @param upTo the last of them may be
 */
public record KeyRange(Optional<String> after, Optional<String> upTo) {

  /** Every key. */
  static final KeyRange ALL = new KeyRange(Optional.empty(), Optional.empty());
}

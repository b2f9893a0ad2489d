package io.parsecbackup.objectstore.listing;

import java.util.Optional;

/**
 * A range of keys.
 *
 * @param after every key of the range is greater
 * @param upTo every key of the range is less or equal
 */
public record KeyRange(Optional<String> after, Optional<String> upTo) {

  /** Every key. */
  static final KeyRange ALL = new KeyRange(Optional.empty(), Optional.empty());
}

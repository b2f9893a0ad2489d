package io.parsecbackup.objectstore.listing;

import io.parsecbackup.repository.index.KeyOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Samples every n-th of any number of sorted keys, to divide the key space into even ranges. */
public final class KeySamples {

  private static final int MOST = 1024;
  private static final int MOST_RANGES = 8;

  /** Two pages: a smaller range is not worth its own request. */
  private static final int LEAST_IN_RANGE = 2_000;

  private final List<String> samples = new ArrayList<>();
  private long seen;
  private long step = 1;

  public void add(String key) {
    if (seen++ % step != 0) {
      return;
    }
    samples.add(key);
    if (samples.size() == MOST) {
      for (int i = MOST / 2 - 1; i >= 0; i--) {
        samples.remove(2 * i + 1);
      }
      step *= 2;
    }
  }

  /** Ranges for a listing, as many as are worth their requests. Together they hold every key. */
  public List<KeyRange> ranges() {
    return ranges((int) Math.clamp(seen / LEAST_IN_RANGE, 1, MOST_RANGES));
  }

  /** At most that many ranges, which together hold every possible key. */
  List<KeyRange> ranges(int most) {
    List<KeyRange> ranges = new ArrayList<>();
    Optional<String> lower = Optional.empty();
    for (int i = 1; i < most && !samples.isEmpty(); i++) {
      String bound = bound(samples.get((int) ((long) i * samples.size() / most)));
      if (!bound.isEmpty() && (lower.isEmpty() || KeyOrder.compare(bound, lower.get()) > 0)) {
        ranges.add(new KeyRange(lower, Optional.of(bound)));
        lower = Optional.of(bound);
      }
    }
    ranges.add(new KeyRange(lower, Optional.empty()));
    return ranges;
  }

  /**
   * Ends before the first character that servers sort differently, by UTF-8 or by UTF-16. All
   * servers agree on which side of the rest a key is.
   */
  private static String bound(String key) {
    for (int i = 0; i < key.length(); i++) {
      if (key.charAt(i) >= Character.MIN_SURROGATE) {
        return key.substring(0, i);
      }
    }
    return key;
  }
}

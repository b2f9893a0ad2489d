package io.parsecbackup.bench;

import java.util.List;
import java.util.Locale;

/** The median of some figures, the lowest and the highest. */
record Spread(double median, double lowest, double highest) {

  /** Of at least one figure. Of an even number, the median is between the two in the middle. */
  static Spread of(List<Double> figures) {
    List<Double> sorted = figures.stream().sorted().toList();
    double median = (sorted.get((sorted.size() - 1) / 2) + sorted.get(sorted.size() / 2)) / 2;
    return new Spread(median, sorted.getFirst(), sorted.getLast());
  }

  /** As {@code 0.98 (0.95 to 1.01)}, with two decimals. */
  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%.2f (%.2f to %.2f)", median, lowest, highest);
  }
}

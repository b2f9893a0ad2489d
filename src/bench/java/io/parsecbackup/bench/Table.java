package io.parsecbackup.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A table in Markdown with aligned columns, which is also readable as plain text. */
final class Table {

  private final List<List<String>> rows = new ArrayList<>();

  Table(String... heads) {
    add(heads);
  }

  /** Adds a row with as many cells as the heading. */
  void add(String... cells) {
    rows.add(List.of(cells));
  }

  @Override
  public String toString() {
    List<Integer> widths =
        IntStream.range(0, rows.getFirst().size())
            .mapToObj(column -> rows.stream().mapToInt(row -> row.get(column).length()).max())
            .map(width -> width.orElse(0))
            .toList();
    List<String> lines = new ArrayList<>(rows.stream().map(row -> line(row, widths, " ")).toList());
    lines.add(1, line(Collections.nCopies(widths.size(), ""), widths, "-"));
    return String.join("\n", lines);
  }

  private static String line(List<String> cells, List<Integer> widths, String filler) {
    return IntStream.range(0, cells.size())
        .mapToObj(column -> cell(cells.get(column), widths.get(column), filler))
        .collect(Collectors.joining("|", "|", "|"));
  }

  private static String cell(String text, int width, String filler) {
    return filler + text + filler.repeat(width - text.length() + 1);
  }
}

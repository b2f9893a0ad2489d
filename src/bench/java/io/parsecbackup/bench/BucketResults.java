package io.parsecbackup.bench;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * The runs of a {@link BucketToBucketBenchmark} that count.
 *
 * @param tasks in the order of the tables
 * @param programs in the order of the tables; ratios are to the first
 * @param objects in each copy
 */
record BucketResults(
    List<String> tasks, List<BucketCopy> programs, int objects, Map<Key, List<Measured>> all) {

  /**
   * One run.
   *
   * @param serverSeconds CPU time of both S3 servers
   */
  record Measured(Timed timed, Requests source, Requests target, double serverSeconds) {}

  private record Key(String task, BucketCopy program) {}

  BucketResults(List<String> tasks, List<BucketCopy> programs, int objects) {
    this(tasks, programs, objects, new HashMap<>());
  }

  void add(String task, BucketCopy program, Measured run) {
    all.computeIfAbsent(new Key(task, program), first -> new ArrayList<>()).add(run);
  }

  Table figures() {
    Table table =
        new Table(
            "task",
            "program",
            "wall",
            "wall, ms per object",
            "CPU, ms per object",
            "servers' CPU, ms per object",
            "MB",
            "requests to the source",
            "to the target");
    for (String task : tasks) {
      for (BucketCopy program : programs) {
        List<Measured> runs = runs(task, program);
        table.add(
            task,
            program.name(),
            String.format(Locale.ROOT, "%.1f s", spread(runs, run -> run.timed.seconds()).median()),
            spread(runs, run -> 1000 * run.timed.seconds() / objects).toString(),
            spread(runs, run -> 1000 * run.timed.cpuSeconds() / objects).toString(),
            spread(runs, run -> 1000 * run.serverSeconds / objects).toString(),
            String.format(Locale.ROOT, "%.0f", spread(runs, run -> run.timed.megabytes()).median()),
            runs.getLast().source.kinds(),
            runs.getLast().target.kinds());
      }
    }
    return table;
  }

  Table ratios() {
    Table table = new Table("task", "program", "wall", "CPU");
    for (String task : tasks) {
      List<Measured> first = runs(task, programs.getFirst());
      for (BucketCopy program : programs.subList(1, programs.size())) {
        List<Measured> runs = runs(task, program);
        table.add(
            task,
            program.name(),
            ratio(runs, first, run -> run.timed.seconds()).toString(),
            ratio(runs, first, run -> run.timed.cpuSeconds()).toString());
      }
    }
    return table;
  }

  private List<Measured> runs(String task, BucketCopy program) {
    return all.getOrDefault(new Key(task, program), List.of());
  }

  private static Spread spread(List<Measured> runs, ToDoubleFunction<Measured> figure) {
    return Spread.of(runs.stream().map(figure::applyAsDouble).toList());
  }

  private static Spread ratio(
      List<Measured> runs, List<Measured> base, ToDoubleFunction<Measured> figure) {
    return Spread.of(
        IntStream.range(0, runs.size())
            .mapToObj(round ->
                figure.applyAsDouble(runs.get(round)) / figure.applyAsDouble(base.get(round)))
            .toList());
  }
}

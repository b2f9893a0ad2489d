package io.parsecbackup.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The benchmark to run before and after a change: a full copy, a copy with nothing new, and a
 * restore of the objects, compared with {@code rclone}. It prints wall time and CPU time per
 * object, each the median of its rounds. Every run is a new process with a cold JVM, and the
 * programs take turns. Arguments: rounds (3), blocks (20000), bytes of each block (16384), and the
 * {@code quarkus-run.jar} of further builds to compare.
 */
public final class ProgramBenchmark {

  private final Path folder;
  private final Stack stack;
  private final int blocks;
  private final Map<String, List<Timed>> results = new LinkedHashMap<>();

  private ProgramBenchmark(Path folder, Stack stack, int blocks) {
    this.folder = folder;
    this.stack = stack;
    this.blocks = blocks;
  }

  public static void main(String[] args) throws Exception {
    int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 3;
    int blocks = args.length > 1 ? Integer.parseInt(args[1]) : 20_000;
    int size = args.length > 2 ? Integer.parseInt(args[2]) : 16_384;
    List<Program> programs = new ArrayList<>();
    programs.add(new Program.Backup("this build", Path.of("target/quarkus-app/quarkus-run.jar")));
    Arrays.stream(args)
        .skip(3)
        .map(Path::of)
        .forEach(jar -> programs.add(new Program.Backup("build " + programs.size(), jar)));
    if (Program.Rclone.isInstalled()) {
      programs.add(new Program.Rclone());
    } else {
      System.out.println("rclone is not installed: the table has no line for it");
    }
    Path folder = Files.createTempDirectory("program-benchmark");
    try (Stack stack = Stack.start(folder, blocks, size)) {
      ProgramBenchmark benchmark = new ProgramBenchmark(folder, stack, blocks);
      for (int round = 1; round <= rounds; round++) {
        for (Program program : programs) {
          benchmark.run(program, round);
        }
      }
      benchmark.print();
    } finally {
      SyncBenchmark.delete(folder);
    }
  }

  private void run(Program program, int round) throws Exception {
    Path copy = folder.resolve("copy");
    Program.Run run = new Program.Run(folder.resolve("log"), stack, copy);
    add("full copy", program, program.copy(run));
    add("nothing new", program, program.copy(run));
    String bucket = "restored-" + program.name().replace(' ', '-') + "-" + round;
    add("restore", program, program.restore(run, bucket));
    SyncBenchmark.delete(copy);
  }

  private void add(String task, Program program, Timed timed) {
    String name = task + " | " + program.name();
    results.computeIfAbsent(name, first -> new ArrayList<>()).add(timed);
    System.out.println(name + ": " + timed);
  }

  private void print() {
    System.out.println(
        """

        | | | wall | wall per object | CPU per object (all rounds) | resident |
        |---|---|---|---|---|---|\
        """);
    results.entrySet().stream()
        .sorted(Comparator.comparing(result -> result.getKey().split(" \\| ")[0]))
        .forEach(result -> System.out.println(line(result.getKey(), result.getValue())));
  }

  private String line(String name, List<Timed> runs) {
    double wall = median(runs.stream().map(Timed::seconds).toList());
    List<Double> cpu = runs.stream().map(run -> 1000 * run.cpuSeconds() / blocks).sorted().toList();
    return String.format(
        Locale.ROOT,
        "| %s | %.1f s | %.2f ms | %.2f ms (%.2f to %.2f) | %.0f MB |",
        name,
        wall,
        1000 * wall / blocks,
        median(cpu),
        cpu.getFirst(),
        cpu.getLast(),
        median(runs.stream().map(Timed::megabytes).toList()));
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }
}

package io.parsecbackup.bench;

import io.parsecbackup.bench.Options.Task;
import io.parsecbackup.bench.Program.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import picocli.CommandLine;

/**
 * The benchmark to run before and after a change: a full copy over TLS and without it, a copy with
 * nothing new, and a restore of the objects, beside other programs. It prints wall time, CPU time
 * per object, memory and requests.
 *
 * <p>Every run is a process of its own. The programs take turns at each task, in the opposite order
 * in every second round. A first round, which does not count, warms up the servers and the kernel's
 * caches.
 */
public final class ProgramBenchmark {

  private record Measured(Task task, Program program) {}

  private final Options options;
  private final List<Program> programs;
  private final Workplace workplace;
  private final Servers servers;
  private final Map<Measured, List<Timed>> results = new HashMap<>();
  private final Map<Measured, Requests> requests = new HashMap<>();

  private ProgramBenchmark(
      Options options, List<Program> programs, Workplace workplace, Servers servers) {
    this.options = options;
    this.programs = programs;
    this.workplace = workplace;
    this.servers = servers;
  }

  public static void main(String[] args) throws Exception {
    Options options = new Options();
    CommandLine command = new CommandLine(options).setCommandName("src/bench/run");
    List<Program> programs;
    try {
      command.parseArgs(args);
      if (options.help) {
        command.usage(System.out);
        return;
      }
      programs = options.programs();
    } catch (CommandLine.ParameterException | IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.exit(2);
      return;
    }
    System.out.printf(
        Locale.ROOT,
        "%,d objects of %,d bytes from %s, median (lowest to highest) of %d rounds,"
            + " %d processors%n%n",
        options.objects,
        options.bytes,
        options.server,
        options.rounds,
        Runtime.getRuntime().availableProcessors());
    Workplace workplace = Workplace.open(options.objects, options.bytes);
    Servers servers =
        options.isStatic()
            ? Servers.withNginx(workplace, programs.getFirst())
            : Servers.ofStack(workplace);
    ProgramBenchmark benchmark = new ProgramBenchmark(options, programs, workplace, servers);
    for (int round = 0; round <= options.rounds; round++) {
      benchmark.round(round);
    }
    System.out.printf("%n%s%n", benchmark.figures());
    if (programs.size() > 1) {
      System.out.printf(
          "%nEach figure divided by that of %s in the same round:%n%n%s%n",
          programs.getFirst().title(), benchmark.ratios());
    }
  }

  private void round(int round) throws Exception {
    List<Program> order = round % 2 == 0 ? programs.reversed() : programs;
    for (Program program : programs) {
      // Some programs do not create the bucket to restore to.
      workplace.stack().empty(restored(program, round));
    }
    for (Task task : options.tasks) {
      for (Program program : order) {
        flush();
        Measured measured = new Measured(task, program);
        Optional<Requests> before = servers.requests();
        Timed timed = run(task, program, round);
        if (before.isPresent() && task != Task.restore) {
          requests.put(measured, servers.requests().orElseThrow().since(before.get()));
        }
        System.out.printf(
            "%s, %s, %s: %s%n",
            round == 0 ? "warm-up" : "round " + round, task.title, program.title(), timed);
        if (round > 0) {
          results.computeIfAbsent(measured, first -> new ArrayList<>()).add(timed);
        }
      }
    }
    for (Program program : programs) {
      SyncBenchmark.delete(copy(program));
    }
  }

  private Timed run(Task task, Program program, int round) throws Exception {
    Path log = workplace.folder().resolve("log");
    Path copy = copy(program);
    return switch (task) {
      case copy, copy_tls -> {
        SyncBenchmark.delete(copy);
        yield copy(program, new Run(log, servers.source(task.tls), copy));
      }
      case unchanged -> copy(program, new Run(log, servers.source(task.tls), copy));
      case restore -> restore(program, new Run(log, servers.target(), copy), round);
    };
  }

  private Timed copy(Program program, Run run) throws Exception {
    Timed timed = program.copy(run);
    requireAllObjects(program, run.copy());
    return timed;
  }

  private Timed restore(Program program, Run run, int round) throws Exception {
    String bucket = restored(program, round);
    Timed timed = program.restore(run, bucket);
    workplace.stack().empty(bucket);
    return timed;
  }

  private String restored(Program program, int round) {
    return "restored-%d-%d".formatted(programs.indexOf(program), round);
  }

  private Path copy(Program program) {
    return workplace.folder().resolve("copy-" + programs.indexOf(program));
  }

  private void requireAllObjects(Program program, Path copy) throws IOException {
    try (Stream<Path> files = Files.walk(program.objects(copy))) {
      long count = files.filter(Files::isRegularFile).count();
      if (count != options.objects) {
        throw new IllegalStateException(
            "%s copied %,d of %,d objects.".formatted(program.title(), count, options.objects));
      }
    }
  }

  /** Writes what the last program left in the kernel's caches, so that the next does not wait. */
  private void flush() throws Exception {
    new ProcessBuilder("sync", "-f", workplace.folder().toString()).inheritIO().start().waitFor();
  }

  private Table figures() {
    Table table =
        new Table(
            "task",
            "program",
            "wall",
            "wall, ms per object",
            "CPU, ms per object",
            "MB",
            "requests");
    for (Task task : options.tasks) {
      for (Program program : programs) {
        List<Timed> runs = runs(task, program);
        table.add(
            task.title,
            program.title(),
            String.format(Locale.ROOT, "%.1f s", spread(runs, Timed::seconds).median()),
            spread(runs, run -> 1000 * run.seconds() / options.objects).toString(),
            spread(runs, run -> 1000 * run.cpuSeconds() / options.objects).toString(),
            String.format(Locale.ROOT, "%.0f", spread(runs, Timed::megabytes).median()),
            Optional.ofNullable(requests.get(new Measured(task, program)))
                .map(Requests::kinds)
                .orElse(""));
      }
    }
    return table;
  }

  private Table ratios() {
    Table table = new Table("task", "program", "wall", "CPU");
    for (Task task : options.tasks) {
      List<Timed> first = runs(task, programs.getFirst());
      for (Program program : programs.subList(1, programs.size())) {
        List<Timed> runs = runs(task, program);
        table.add(
            task.title,
            program.title(),
            ratio(runs, first, Timed::seconds).toString(),
            ratio(runs, first, Timed::cpuSeconds).toString());
      }
    }
    return table;
  }

  private List<Timed> runs(Task task, Program program) {
    return results.getOrDefault(new Measured(task, program), List.of());
  }

  private static Spread spread(List<Timed> runs, ToDoubleFunction<Timed> figure) {
    return Spread.of(runs.stream().map(figure::applyAsDouble).toList());
  }

  private static Spread ratio(List<Timed> runs, List<Timed> base, ToDoubleFunction<Timed> figure) {
    return Spread.of(
        IntStream.range(0, runs.size())
            .mapToObj(round ->
                figure.applyAsDouble(runs.get(round)) / figure.applyAsDouble(base.get(round)))
            .toList());
  }
}

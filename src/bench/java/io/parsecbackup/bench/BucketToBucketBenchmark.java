package io.parsecbackup.bench;

import com.sun.management.OperatingSystemMXBean;
import io.parsecbackup.bench.BucketResults.Measured;
import io.parsecbackup.testing.ParsecData;
import io.parsecbackup.testing.ParsecStack;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine;

/**
 * Copies a bucket of one server into a bucket of another: a backup into a repository in a bucket,
 * beside {@code rclone copy}, first of all objects and then with nothing new. Every run is a
 * process of its own; the programs take turns, in the opposite order in every second round. A first
 * round does not count. {@code --help} lists the options.
 */
public final class BucketToBucketBenchmark {

  private enum Task {
    FULL_COPY("full copy"),
    NOTHING_NEW("nothing new");

    private final String title;

    Task(String title) {
      this.title = title;
    }
  }

  private final BucketOptions options;
  private final Path folder;
  private final ParsecStack stack;
  private final BucketServer target;
  private final List<BucketCopy> programs;
  private final BucketResults results;

  private BucketToBucketBenchmark(
      BucketOptions options, Path folder, ParsecStack stack, BucketServer target) {
    this.options = options;
    this.folder = folder;
    this.stack = stack;
    this.target = target;
    this.programs = options.programs(folder);
    this.results =
        new BucketResults(
            Arrays.stream(Task.values()).map(task -> task.title).toList(),
            programs,
            options.common.objects);
  }

  public static void main(String[] args) throws Exception {
    // Set this before the first class that logs, because the servers are in this process.
    System.setProperty("java.util.logging.manager", "org.jboss.logmanager.LogManager");
    BucketOptions options = new BucketOptions();
    CommandLine command = new CommandLine(options).setCommandName("BucketToBucketBenchmark");
    try {
      command.parseArgs(args);
    } catch (CommandLine.ParameterException e) {
      System.err.println(e.getMessage());
      System.exit(2);
    }
    if (options.common.help) {
      command.usage(System.out);
      return;
    }
    Path folder = Files.createTempDirectory("bucket-benchmark");
    ParsecData.Spec blocks = ParsecData.Spec.of(options.common.objects, options.common.bytes);
    try (ParsecStack stack = ParsecStack.start(blocks, Optional.of(folder));
        BucketServer target = options.server(folder)) {
      BucketToBucketBenchmark benchmark =
          new BucketToBucketBenchmark(options, folder, stack, target);
      if (options.trace) {
        benchmark.trace();
      } else {
        benchmark.measure();
      }
    } finally {
      SyncBenchmark.delete(folder);
    }
  }

  private void measure() throws Exception {
    System.out.printf(
        Locale.ROOT,
        "%,d objects of %,d bytes, median (lowest to highest) of %d rounds, %d processors%n%n",
        options.common.objects,
        options.common.bytes,
        options.common.rounds,
        Runtime.getRuntime().availableProcessors());
    for (int round = 0; round <= options.common.rounds; round++) {
      List<BucketCopy> order = round % 2 == 0 ? programs.reversed() : programs;
      for (BucketCopy program : order) {
        target.create(bucket(program, round));
      }
      for (Task task : Task.values()) {
        for (BucketCopy program : order) {
          run(task, program, round);
        }
      }
      for (BucketCopy program : order) {
        target.empty(bucket(program, round));
      }
    }
    System.out.printf("%n%s%n", results.figures());
    System.out.printf(
        "%nEach figure divided by that of %s in the same round:%n%n%s%n",
        programs.getFirst().name(), results.ratios());
  }

  private String bucket(BucketCopy program, int round) {
    return "copy-%d-%d".formatted(programs.indexOf(program), round);
  }

  private void run(Task task, BucketCopy program, int round) throws Exception {
    String bucket = bucket(program, round);
    Requests sourceBefore = Requests.of(stack.s3());
    Requests targetBefore = target.requests();
    double serversBefore = serverSeconds();
    Timed timed = run(program, bucket, List.of());
    Measured measured =
        new Measured(
            timed,
            Requests.of(stack.s3()).since(sourceBefore),
            target.requests().since(targetBefore),
            serverSeconds() - serversBefore);
    requireAllObjects(program, bucket);
    System.out.printf(
        "%s, %s, %s: %s; source %s; target %s%n",
        round == 0 ? "warm-up" : "round " + round,
        task.title,
        program.name(),
        timed,
        measured.source().kinds(),
        measured.target().kinds());
    if (round > 0) {
      results.add(task.title, program, measured);
    }
  }

  /**
   * Runs a program.
   *
   * @param wrapper a command that runs it
   */
  private Timed run(BucketCopy program, String bucket, List<String> wrapper) throws Exception {
    List<String> command = new ArrayList<>(wrapper);
    command.addAll(program.command(bucket));
    return Timed.run(
        folder.resolve("log"),
        program.environment(stack, target, bucket),
        command.toArray(String[]::new));
  }

  private void requireAllObjects(BucketCopy program, String bucket) throws IOException {
    long found = target.objects(bucket, program.prefix());
    if (found != options.common.objects) {
      throw new IllegalStateException(
          "%s copied %,d of %,d objects.".formatted(program.name(), found, options.common.objects));
    }
  }

  private double serverSeconds() {
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    return system.getProcessCpuTime() / 1e9 + target.cpuTime().toMillis() / 1e3;
  }

  /** Runs one full copy under strace and prints what it wrote to regular files. */
  private void trace() throws Exception {
    BucketCopy program = programs.getFirst();
    String bucket = bucket(program, 0);
    target.create(bucket);
    Path traces = Files.createDirectory(folder.resolve("traces"));
    Timed timed = run(program, bucket, WrittenFiles.command(traces));
    requireAllObjects(program, bucket);
    System.out.printf(
        Locale.ROOT,
        "%,d objects of %,d bytes, %,d bytes in all, were copied in %.1f s under strace. %n%s%n",
        options.common.objects,
        options.common.bytes,
        (long) options.common.objects * options.common.bytes,
        timed.seconds(),
        WrittenFiles.read(traces).table(folder));
  }
}

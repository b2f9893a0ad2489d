package io.parsecbackup.cli.output;

import io.parsecbackup.Counted;
import io.parsecbackup.job.ProgressReport;
import java.io.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Shows the progress of long work on stderr: a bar on a terminal, otherwise a line every 15
 * seconds.
 */
public final class ProgressDisplay implements AutoCloseable {

  private static final Duration ON_TERMINAL = Duration.ofMillis(500);
  private static final Duration ELSEWHERE = Duration.ofSeconds(15);
  private static final int BAR = 24;

  private final Output output;
  private final Supplier<Optional<ProgressReport>> progress;
  private final boolean terminal;
  private final ScheduledExecutorService ticks =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("progress").factory());

  public ProgressDisplay(Output output, Supplier<Optional<ProgressReport>> progress) {
    this.output = output;
    this.progress = progress;
    Console console = System.console();
    this.terminal = console != null && console.isTerminal() && !isStderrElsewhere();
    long every = (terminal ? ON_TERMINAL : ELSEWHERE).toMillis();
    var unused = ticks.scheduleAtFixedRate(this::show, every, every, TimeUnit.MILLISECONDS);
  }

  /**
   * Java reports whether stdin and stdout are a terminal, but not stderr: "2>log" must not contain
   * bars.
   */
  private static boolean isStderrElsewhere() {
    try {
      return !Files.readSymbolicLink(Path.of("/proc/self/fd/2")).startsWith("/dev");
    } catch (IOException noSuchFileSystem) {
      return false;
    }
  }

  private void show() {
    progress
        .get()
        .ifPresent(report -> {
          if (terminal) {
            // Log messages overwrite this line.
            output.replaceErrLine(bar(report) + text(report));
          } else {
            output.errLine(text(report));
          }
        });
  }

  private static String bar(ProgressReport report) {
    if (report.bytesTotal() == 0) {
      return "";
    }
    int done = Math.clamp(BAR * report.bytesDone() / report.bytesTotal(), 0, BAR);
    return "[" + "#".repeat(done) + "-".repeat(BAR - done) + "] ";
  }

  static String text(ProgressReport report) {
    List<String> parts = new ArrayList<>();
    if (report.objectsTotal() > 0) {
      parts.add(report.objectsDone() + " of " + Counted.of(report.objectsTotal(), "object"));
    } else if (report.objectsDone() > 0) {
      parts.add(Counted.of(report.objectsDone(), "object"));
    }
    if (report.bytesDone() > 0) {
      parts.add(
          Sizes.text(report.bytesDone())
              + (report.bytesTotal() > 0 ? " of " + Sizes.text(report.bytesTotal()) : ""));
      parts.add(Sizes.text(report.bytesPerSecond()) + "/s");
    }
    report.secondsLeft().ifPresent(left -> parts.add(time(left) + " left"));
    return phaseText(report.phase()) + (parts.isEmpty() ? "" : ": " + String.join(", ", parts));
  }

  /** The phase in plain words. */
  private static String phaseText(String phase) {
    return switch (phase) {
      case "prepare" -> "preparing";
      case "dump" -> "dumping the database";
      case "recover" -> "checking objects of an interrupted run";
      case "sync" -> "copying objects";
      case "publish" -> "flushing to stable storage";
      case "adopt", "compare" -> "comparing";
      case "files" -> "reading the backup's files";
      case "objects" -> "reading and uploading objects";
      case "database" -> "restoring the database";
      default -> phase;
    };
  }

  /** A duration in a short form. */
  static String time(long seconds) {
    if (seconds < 120) {
      return seconds + " s";
    }
    return seconds < 7_200 ? seconds / 60 + " min" : seconds / 3_600 + " h";
  }

  @Override
  public void close() {
    ticks.shutdownNow();
    if (terminal) {
      output.replaceErrLine("");
    }
  }
}

package io.parsecbackup.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** The options of {@link ProgramBenchmark}. */
final class Options {

  @Option(
      names = "--objects",
      paramLabel = "N",
      defaultValue = "20000",
      description = "Objects in the bucket (${DEFAULT-VALUE})")
  int objects;

  @Option(
      names = "--bytes",
      paramLabel = "N",
      defaultValue = "16384",
      description = "Bytes of each object (${DEFAULT-VALUE})")
  int bytes;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "3",
      description = "Rounds that count, after one that does not (${DEFAULT-VALUE})")
  int rounds;

  @Option(
      names = "--program",
      paramLabel = "NAME=PATH",
      description = {
        "A build to measure instead of this one; give it twice to compare two builds.",
        "PATH is its target/quarkus-app, or a native program"
      })
  Map<String, Path> builds = new LinkedHashMap<>();

  @Option(names = "--no-rclone", description = "Do not measure rclone")
  boolean withoutRclone;

  @Option(names = "--help", usageHelp = true, description = "Print this help and exit")
  boolean help;

  /**
   * What to measure, in order.
   *
   * @throws IllegalArgumentException when an option has a wrong value
   */
  List<Program> programs() {
    if (objects < 1 || bytes < 1 || rounds < 1) {
      throw new IllegalArgumentException("--objects, --bytes and --rounds must be at least 1.");
    }
    Map<String, Path> all =
        builds.isEmpty() ? Map.of("this build", Path.of("target", "quarkus-app")) : builds;
    List<Program> programs = new ArrayList<>();
    all.forEach((name, path) -> programs.add(Program.Backup.of(name, path)));
    if (!withoutRclone) {
      if (Program.Rclone.isInstalled()) {
        programs.add(new Program.Rclone());
      } else {
        System.out.println("rclone is not installed: the tables have no figures for it.");
      }
    }
    return programs;
  }
}

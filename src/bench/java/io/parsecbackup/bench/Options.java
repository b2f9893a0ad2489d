package io.parsecbackup.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Option;

/** The options of {@link ProgramBenchmark}. */
final class Options {

  private static final Path JAR = Path.of("target", "quarkus-app");

  /** Where deploy/aot-cache.sh writes it. */
  private static final Path AOT_CACHE = Path.of("target", "parsec-backup.aot");

  /** What the programs do, in this order. The names are those of the option. */
  enum Task {
    copy_tls("full copy over TLS", true),
    copy("full copy", false),
    unchanged("nothing new", false),
    restore("restore", false);

    final String title;
    final boolean tls;

    Task(String title, boolean tls) {
      this.title = title;
      this.tls = tls;
    }
  }

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

  @Option(
      names = "--peers",
      split = ",",
      paramLabel = "NAME",
      description = {
        "Programs to compare with: rclone, s5cmd, aws (slow); or none.",
        "The default is rclone and s5cmd, where they are installed"
      })
  List<String> peers = List.of();

  @Option(
      names = "--tasks",
      split = ",",
      paramLabel = "NAME",
      description = "Some of ${COMPLETION-CANDIDATES}, in this order (all)")
  Set<Task> tasks = EnumSet.allOf(Task.class);

  @Option(
      names = "--server",
      paramLabel = "NAME",
      description = {
        "What to copy from: nginx, which sends files, or memory, an S3 server in Java.",
        "The default is nginx where it is installed"
      })
  String server = Nginx.isInstalled() ? "nginx" : "memory";

  @Option(names = "--help", usageHelp = true, description = "Print this help and exit")
  boolean help;

  /**
   * What to measure, in order: the jar, the jar with an AOT cache, the native program that the
   * variable PARSEC_BACKUP_BIN names, and others.
   *
   * @throws IllegalArgumentException when an option has a wrong value
   */
  List<Program> programs() {
    if (objects < 1 || bytes < 1 || rounds < 1) {
      throw new IllegalArgumentException("--objects, --bytes and --rounds must be at least 1.");
    }
    if (!Set.of("nginx", "memory").contains(server)) {
      throw new IllegalArgumentException("--server must be nginx or memory.");
    }
    if (!isStatic() && tasks.stream().anyMatch(task -> task.tls)) {
      throw new IllegalArgumentException("Tasks over TLS need --server nginx.");
    }
    List<Program> programs = new ArrayList<>();
    builds.forEach((title, path) -> programs.add(Program.Backup.of(title, path)));
    if (builds.isEmpty()) {
      programs.add(Program.Backup.of("jar", JAR));
      if (Files.exists(AOT_CACHE)) {
        programs.add(Program.Backup.of("AOT jar", JAR, AOT_CACHE));
      }
      Optional.ofNullable(System.getenv("PARSEC_BACKUP_BIN"))
          .ifPresent(path -> programs.add(Program.Backup.of("native", Path.of(path))));
    }
    if (peers.isEmpty()) {
      for (CopyTool tool : List.of(CopyTool.RCLONE, CopyTool.S5CMD)) {
        if (tool.isInstalled()) {
          programs.add(tool);
        } else {
          System.out.println(
              tool.title() + " is not installed: the tables have no figures for it.");
        }
      }
    } else if (!peers.equals(List.of("none"))) {
      peers.forEach(peer -> programs.add(CopyTool.of(peer)));
    }
    return programs;
  }

  boolean isStatic() {
    return server.equals("nginx");
  }
}

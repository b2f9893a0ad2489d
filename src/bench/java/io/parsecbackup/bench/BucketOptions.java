package io.parsecbackup.bench;

import io.parsecbackup.testing.VersityGw;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of {@link BucketToBucketBenchmark}. */
final class BucketOptions {

  @Mixin Options common = new Options();

  @Option(names = "--no-rclone", description = "Do not measure rclone")
  boolean withoutRclone;

  @Option(
      names = "--versitygw",
      description = {
        "The repository's server is versitygw, a program on the PATH or named by VERSITYGW,",
        "instead of S3Proxy in the benchmark's process"
      })
  boolean versitygw;

  @Option(
      names = "--trace",
      description = {
        "Measure nothing: run one full copy of this program under strace, and list the",
        "regular files that it wrote"
      })
  boolean trace;

  /** The builds to measure, this one if no other is named. */
  List<BucketCopy> builds(Path folder) {
    Map<String, Path> builds =
        common.builds.isEmpty()
            ? Map.of("this build", Path.of("target", "quarkus-app"))
            : common.builds;
    List<BucketCopy> programs = new ArrayList<>();
    builds.forEach((name, path) ->
        programs.add(
            new BucketCopy.Backup(
                Program.Backup.of(name, path), folder.resolve("cache-" + name).toString())));
    return programs;
  }

  /** The builds and rclone. */
  List<BucketCopy> programs(Path folder) {
    List<BucketCopy> programs = builds(folder);
    if (!withoutRclone && CopyTool.RCLONE.isInstalled()) {
      programs.add(new BucketCopy.Rclone("rclone", List.of()));
      programs.add(
          new BucketCopy.Rclone(
              "rclone, fewest requests", List.of("--s3-no-head", "--s3-no-check-bucket")));
    }
    return programs;
  }

  BucketServer server(Path folder) throws IOException {
    if (!versitygw) {
      return BucketServer.InMemory.start();
    }
    if (VersityGw.program().isEmpty()) {
      throw new IllegalArgumentException(
          "versitygw is neither on the PATH nor named by VERSITYGW.");
    }
    return BucketServer.Gateway.start(folder);
  }
}

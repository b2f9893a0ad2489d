package io.parsecbackup.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Restores the objects of a backup into an empty bucket, and compares this with {@code aws s3 sync}
 * of the same folder into another bucket. The programs take turns, and each run is a new process.
 * Arguments: blocks (20000), bytes of each (16384), rounds (3).
 */
public final class RestoreBenchmark {

  private RestoreBenchmark() {}

  public static void main(String[] args) throws Exception {
    int blocks = args.length > 0 ? Integer.parseInt(args[0]) : 20_000;
    int size = args.length > 1 ? Integer.parseInt(args[1]) : 16_384;
    int rounds = args.length > 2 ? Integer.parseInt(args[2]) : 3;
    Path folder = Files.createTempDirectory("restore-benchmark");
    try (Stack stack = Stack.start(folder, blocks, size)) {
      Path repository = folder.resolve("repository");
      backup(folder, stack, repository);
      List<Timed> ours = new ArrayList<>();
      List<Timed> aws = new ArrayList<>();
      for (int round = 1; round <= rounds; round++) {
        String target = "restored-" + round;
        ours.add(restore(folder, stack, repository, target));
        String other = "uploaded-" + round;
        aws(folder, stack, "s3", "mb", "s3://" + other);
        aws.add(
            aws(
                folder,
                stack,
                "s3",
                "sync",
                "--only-show-errors",
                repository.resolve("objects").toString(),
                "s3://" + other));
        System.out.printf(
            Locale.ROOT,
            "round %d: restore %s | aws s3 sync %s | ratio %.1f%n",
            round,
            ours.getLast(),
            aws.getLast(),
            aws.getLast().seconds() / ours.getLast().seconds());
      }
      System.out.printf(
          Locale.ROOT,
          "median of %d, %d objects of %d bytes:%n  restore      %s%n  aws s3 sync  %s%n"
              + "  ratio        %.1f%n",
          rounds,
          blocks,
          size,
          Timed.median(ours),
          Timed.median(aws),
          Timed.median(aws).seconds() / Timed.median(ours).seconds());
    } finally {
      SyncBenchmark.delete(folder);
    }
  }

  private static void backup(Path folder, Stack stack, Path repository) throws Exception {
    Map<String, String> environment = new HashMap<>(stack.environment());
    environment.put("PARSEC_BACKUP_REPOSITORY", repository.toString());
    Timed.run(
        folder.resolve("backup.log"),
        environment,
        Stack.JAVA,
        "-jar",
        "target/quarkus-app/quarkus-run.jar",
        "backup");
  }

  private static Timed restore(Path folder, Stack stack, Path repository, String bucket)
      throws Exception {
    String source = String.valueOf(stack.environment().get("PARSEC_BLOCKSTORE"));
    String name = ":" + stack.environment().get("STACK_S3_BUCKET") + ":";
    Map<String, String> environment = new HashMap<>(stack.environment());
    environment.put("TARGET", source.replace(name, ":" + bucket + ":"));
    environment.put("PARSEC_BACKUP_REPOSITORY", repository.toString());
    return Timed.run(
        folder.resolve("restore.log"),
        environment,
        Stack.JAVA,
        "-jar",
        "target/quarkus-app/quarkus-run.jar",
        "restore",
        "--only",
        "objects",
        "--blockstore",
        "env:TARGET");
  }

  private static Timed aws(Path folder, Stack stack, String... arguments) throws Exception {
    Map<String, String> given = stack.environment();
    Map<String, String> environment =
        Map.of(
            "AWS_ACCESS_KEY_ID", String.valueOf(given.get("STACK_S3_ACCESS_KEY")),
            "AWS_SECRET_ACCESS_KEY", String.valueOf(given.get("STACK_S3_SECRET_KEY")),
            "AWS_DEFAULT_REGION", String.valueOf(given.get("STACK_S3_REGION")));
    List<String> command = new ArrayList<>();
    command.addAll(
        List.of("aws", "--endpoint-url", String.valueOf(given.get("STACK_S3_ENDPOINT"))));
    command.addAll(List.of(arguments));
    return Timed.run(folder.resolve("aws.log"), environment, command.toArray(String[]::new));
  }
}

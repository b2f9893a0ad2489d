package io.parsecbackup.bench;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A first, full backup of many small objects, compared with {@code aws s3 sync} of the same bucket,
 * and a second backup with nothing new. The programs take turns, and each run is a new process.
 * Arguments: blocks (20000), bytes of each (16384), rounds (3).
 */
public final class SyncBenchmark {

  private SyncBenchmark() {}

  public static void main(String[] args) throws Exception {
    int blocks = args.length > 0 ? Integer.parseInt(args[0]) : 20_000;
    int size = args.length > 1 ? Integer.parseInt(args[1]) : 16_384;
    int rounds = args.length > 2 ? Integer.parseInt(args[2]) : 3;
    Path folder = Files.createTempDirectory("sync-benchmark");
    try (Stack stack = Stack.start(folder, blocks, size)) {
      List<Timed> ours = new ArrayList<>();
      List<Timed> again = new ArrayList<>();
      List<Timed> aws = new ArrayList<>();
      for (int round = 0; round < rounds; round++) {
        Path repository = folder.resolve("repository");
        ours.add(backup(folder, stack, repository));
        again.add(backup(folder, stack, repository));
        delete(repository);
        Path copy = folder.resolve("copy");
        aws.add(awsSync(folder, stack, copy));
        delete(copy);
        System.out.printf(
            Locale.ROOT,
            "round %d: backup %s | nothing new %s | aws s3 sync %s | ratio %.1f%n",
            round + 1,
            ours.getLast(),
            again.getLast(),
            aws.getLast(),
            aws.getLast().seconds() / ours.getLast().seconds());
      }
      System.out.printf(
          Locale.ROOT,
          "median of %d, %d objects of %d bytes:%n  backup       %s%n  nothing new  %s%n"
              + "  aws s3 sync  %s%n  ratio        %.1f%n",
          rounds,
          blocks,
          size,
          Timed.median(ours),
          Timed.median(again),
          Timed.median(aws),
          Timed.median(aws).seconds() / Timed.median(ours).seconds());
    } finally {
      delete(folder);
    }
  }

  private static Timed backup(Path folder, Stack stack, Path repository) throws Exception {
    Map<String, String> environment = new HashMap<>(stack.environment());
    environment.put("PARSEC_BACKUP_REPOSITORY", repository.toString());
    return Timed.run(
        folder.resolve("backup.log"),
        environment,
        Stack.JAVA,
        "-jar",
        "target/quarkus-app/quarkus-run.jar",
        "backup");
  }

  private static Timed awsSync(Path folder, Stack stack, Path copy) throws Exception {
    Map<String, String> given = stack.environment();
    Map<String, String> environment =
        Map.of(
            "AWS_ACCESS_KEY_ID", String.valueOf(given.get("STACK_S3_ACCESS_KEY")),
            "AWS_SECRET_ACCESS_KEY", String.valueOf(given.get("STACK_S3_SECRET_KEY")),
            "AWS_DEFAULT_REGION", String.valueOf(given.get("STACK_S3_REGION")));
    return Timed.run(
        folder.resolve("aws.log"),
        environment,
        "aws",
        "--endpoint-url",
        String.valueOf(given.get("STACK_S3_ENDPOINT")),
        "s3",
        "sync",
        "--only-show-errors",
        "s3://" + given.get("STACK_S3_BUCKET"),
        copy.toString());
  }

  /** Works for millions of files, because it does not keep their names in memory. */
  static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      Files.walkFileTree(
          folder,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes about)
                throws IOException {
              Files.delete(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path done, @Nullable IOException failure)
                throws IOException {
              if (failure != null) {
                throw failure;
              }
              Files.delete(done);
              return FileVisitResult.CONTINUE;
            }
          });
    }
  }
}

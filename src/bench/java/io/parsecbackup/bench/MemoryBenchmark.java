package io.parsecbackup.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * A first backup and one with nothing new, of few and of many objects, each in a JVM with 96 MiB of
 * heap. If all of them succeed, memory does not grow with the number of objects.
 */
public final class MemoryBenchmark {

  private static final int BLOCK = 1_024;

  private MemoryBenchmark() {}

  public static void main(String[] args) throws Exception {
    int[] sizes = {20_000, 500_000};
    for (int blocks : sizes) {
      Path folder = Files.createTempDirectory("memory-benchmark");
      try (Stack stack = Stack.start(folder, blocks, BLOCK)) {
        for (String which : new String[] {"first", "nothing new"}) {
          System.out.printf(
              Locale.ROOT,
              "%d objects under -Xmx96m, %s: %s%n",
              blocks,
              which,
              backup(folder, stack));
        }
      } finally {
        SyncBenchmark.delete(folder);
      }
    }
  }

  private static Timed backup(Path folder, Stack stack) throws Exception {
    Map<String, String> environment = new HashMap<>(stack.environment());
    environment.put("PARSEC_BACKUP_REPOSITORY", folder.resolve("repository").toString());
    return Timed.run(
        folder.resolve("backup.log"),
        environment,
        Stack.JAVA,
        "-Xmx96m",
        "-jar",
        "target/quarkus-app/quarkus-run.jar",
        "backup");
  }
}

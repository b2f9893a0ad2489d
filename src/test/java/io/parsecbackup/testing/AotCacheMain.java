package io.parsecbackup.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;

/**
 * Makes an AOT cache for a packaged program: runs one backup in a JVM that records the classes that
 * it loads and the profiles of their methods. A later start with {@code -XX:AOTCache} reads both,
 * if it has the same JVM and the same jars. Arguments: the folder with {@code quarkus-run.jar}, the
 * file of the cache, and the number of blocks to back up (2000).
 */
public final class AotCacheMain {

  private static final int BLOCKS = 2000;
  private static final int BLOCK_SIZE = 16_384;

  private AotCacheMain() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    Path program = Path.of(arguments[0]);
    Path cache = Path.of(arguments[1]).toAbsolutePath();
    int blocks = arguments.length > 2 ? Integer.parseInt(arguments[2]) : BLOCKS;
    Path folder = Files.createTempDirectory(cache.getParent(), "aot");
    try (ParsecStack stack = ParsecStack.start(ParsecData.Spec.of(blocks, BLOCK_SIZE))) {
      Path made = folder.resolve("cache");
      record(program, made, folder, stack.environment());
      Files.move(made, cache, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Folders.delete(folder);
    }
  }

  private static void record(Path program, Path cache, Path folder, Map<String, String> environment)
      throws IOException, InterruptedException {
    Path log = folder.resolve("log");
    ProcessBuilder builder =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:AOTCacheOutput=" + cache,
                    "-jar",
                    program.resolve("quarkus-run.jar").toString(),
                    "backup"))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().putAll(environment);
    // Keys contain letters outside ASCII.
    builder.environment().put("LC_ALL", "C.UTF-8");
    builder.environment().put("PARSEC_BACKUP_REPOSITORY", folder.resolve("repository").toString());
    int code = builder.start().waitFor();
    if (code != 0 || !Files.exists(cache)) {
      throw new IllegalStateException(
          "No AOT cache was made; exit code " + code + ":\n" + Files.readString(log));
    }
  }
}

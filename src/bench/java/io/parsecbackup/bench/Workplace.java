package io.parsecbackup.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A folder in the temporary folder, and the servers. When this JVM exits, also after Ctrl-C or
 * SIGTERM, it stops the servers and the program that is being measured, and deletes the folder.
 */
record Workplace(Path folder, Stack stack) {

  private static final long PATIENCE_SECONDS = 60;

  /** Starts servers with {@code objects} blocks of {@code bytes} bytes each. */
  static Workplace open(int objects, int bytes) throws Exception {
    Path folder = Files.createTempDirectory("parsec-backup-benchmark-");
    Runtime.getRuntime().addShutdownHook(new Thread(() -> close(folder)));
    return new Workplace(folder, Stack.start(folder, objects, bytes));
  }

  private static void close(Path folder) {
    try {
      List<ProcessHandle> children = ProcessHandle.current().children().toList();
      children.forEach(Workplace::stop);
      for (ProcessHandle child : children) {
        child.onExit().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      }
      SyncBenchmark.delete(folder);
    } catch (IOException | ExecutionException | InterruptedException | TimeoutException e) {
      System.err.println(folder + " cannot be deleted; delete it by hand: " + e);
    }
  }

  private static void stop(ProcessHandle child) {
    // GNU time does not pass a signal on. It ends with its command.
    if (child.info().command().filter(command -> command.endsWith("/time")).isPresent()) {
      child.children().forEach(ProcessHandle::destroy);
    } else {
      child.destroy();
    }
  }
}

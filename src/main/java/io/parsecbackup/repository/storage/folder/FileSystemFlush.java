package io.parsecbackup.repository.storage.folder;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Runs the program that flushes a file system. It may never end if the disk hangs. */
record FileSystemFlush(List<String> program, Duration longest) {

  /**
   * Flushes the file system of {@code folder}.
   *
   * @throws Problem when it fails, takes too long or is cancelled
   */
  void run(Path folder, Cancellation cancellation) throws IOException {
    cancellation.throwIfCancelled();
    List<String> command = new ArrayList<>(program);
    command.add(folder.toString());
    Process sync = new ProcessBuilder(command).redirectErrorStream(true).start();
    try {
      sync.getOutputStream().close();
      if (!await(sync, cancellation)) {
        cancellation.throwIfCancelled();
        throw new Problem(
            Kind.REPOSITORY,
            "the file system of "
                + folder
                + " was not flushed to stable storage within "
                + longest.toMinutes()
                + " minutes (sync -f); nothing was published. Check the disk, the mount and the"
                + " kernel's log, then run again");
      }
      cancellation.throwIfCancelled();
      require(sync, folder);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Problem(Kind.CANCELLED, "interrupted while flushing " + folder, e);
    } finally {
      // Do not wait for it: no signal ends it while the kernel waits for the disk.
      sync.destroyForcibly();
    }
  }

  /** Whether it has ended. Its output is short and stays in the pipe until then. */
  private boolean await(Process sync, Cancellation cancellation) throws InterruptedException {
    CountDownLatch over = new CountDownLatch(1);
    var unused = sync.onExit().thenRun(over::countDown);
    try (Cancellation.Hook _ = cancellation.onCancel(over::countDown)) {
      over.await(longest.toMillis(), TimeUnit.MILLISECONDS);
    }
    return !sync.isAlive();
  }

  private static void require(Process sync, Path folder) throws IOException {
    if (sync.exitValue() == 0) {
      return;
    }
    String said =
        new String(sync.getInputStream().readNBytes(4096), StandardCharsets.UTF_8).strip();
    throw new Problem(
        Kind.REPOSITORY,
        "the file system of "
            + folder
            + " could not be flushed to stable storage (sync -f ended with "
            + sync.exitValue()
            + (said.isEmpty() ? "" : ": " + said)
            + "); nothing was published. Check the disk and the kernel's log, then run again");
  }
}

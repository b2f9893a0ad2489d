package io.parsecbackup.dump.restore;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.TemporaryFolder;
import io.parsecbackup.postgres.ChildProcess;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Feeds a child through a named pipe, since its stdin is the leash: nothing of a dump is written to
 * a second file. Only its owner can open it.
 */
final class NamedPipe implements AutoCloseable {

  /** Writes all there is to write, or throws. */
  @FunctionalInterface
  interface Writer {
    void write(OutputStream out) throws IOException;
  }

  private static final int TURN_MILLIS = 50;

  private final Path folder;
  private final Path path;

  private NamedPipe(Path folder) {
    this.folder = folder;
    this.path = folder.resolve("script");
  }

  /**
   * Makes one in the temporary folder.
   *
   * @throws Problem of kind INTERNAL if that cannot be
   */
  static NamedPipe create(Cancellation cancellation) {
    try {
      NamedPipe pipe = new NamedPipe(TemporaryFolder.create());
      ChildProcess.Finished<String> made =
          ChildProcess.run(
              List.of("mkfifo", "-m", "600", pipe.path.toString()), Map.of(), cancellation);
      if (made.exitCode() != 0) {
        pipe.close();
        throw new Problem(
            Problem.Kind.INTERNAL,
            "A named pipe could not be made in %s: %s. Set TMPDIR to a local folder that may be written."
                .formatted(pipe.folder, made.stderr()));
      }
      return pipe;
    } catch (IOException e) {
      throw new Problem(
          Problem.Kind.INTERNAL, "A temporary folder could not be made: " + e.getMessage(), e);
    }
  }

  Path path() {
    return path;
  }

  /** Starts to write, in a thread of its own, as soon as the child opens its end. */
  FutureTask<Boolean> feed(Writer writer) {
    FutureTask<Boolean> task =
        new FutureTask<>(() -> {
          try (OutputStream out = Files.newOutputStream(path)) {
            writer.write(out);
          }
          return true;
        });
    Thread.ofPlatform().daemon().name("script for psql").start(task);
    return task;
  }

  /**
   * After the reader's end, waits for the writer's, whom nobody reads from any more.
   *
   * @throws IOException what the writer met; a broken pipe, if the reader left first
   */
  void await(FutureTask<Boolean> task) throws IOException {
    try {
      while (!task.isDone()) {
        // Whoever waits for a reader gets one, and the next moment a broken pipe.
        try (var _ = new RandomAccessFile(path.toFile(), "rw")) {
          waitFor(task);
        }
        waitFor(task);
      }
      task.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Problem(Problem.Kind.CANCELLED, "The thread was interrupted", e);
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case IOException io -> throw io;
        case RuntimeException unchecked -> throw unchecked;
        case null, default -> throw new IllegalStateException(e);
      }
    }
  }

  private static void waitFor(FutureTask<Boolean> task)
      throws InterruptedException, ExecutionException {
    try {
      task.get(TURN_MILLIS, java.util.concurrent.TimeUnit.MILLISECONDS);
    } catch (java.util.concurrent.TimeoutException e) {
      // Another turn.
    }
  }

  @Override
  public void close() {
    try {
      Files.deleteIfExists(path);
      Files.deleteIfExists(folder);
    } catch (IOException e) {
      org.jboss.logging.Logger.getLogger(NamedPipe.class)
          .warnf("%s could not be removed: %s", folder, e.getMessage());
    }
  }
}

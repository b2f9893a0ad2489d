package io.parsecbackup.postgres;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.TemporaryFolder;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Sends a script or an archive to a child through a named pipe, because the child has no stdin. So
 * no second file with a dump's contents is written. Only its owner can open the pipe.
 */
public final class NamedPipe implements AutoCloseable {

  /** Writes everything, or throws. */
  @FunctionalInterface
  public interface Writer {
    void write(OutputStream out) throws IOException;
  }

  private static final int PAUSE_MILLIS = 50;

  private final Path folder;
  private final Path path;

  private NamedPipe(Path folder, String name) {
    this.folder = folder;
    this.path = folder.resolve(name);
  }

  /**
   * Creates pipes with these names in one new folder inside the temporary folder.
   *
   * @throws Problem of kind INTERNAL if they cannot be created
   */
  public static List<NamedPipe> createAll(Collection<String> names, Cancellation cancellation) {
    try {
      Path folder = TemporaryFolder.create();
      List<NamedPipe> pipes = names.stream().map(name -> new NamedPipe(folder, name)).toList();
      try {
        make(folder, pipes, cancellation);
      } catch (RuntimeException e) {
        closeAll(pipes);
        throw e;
      }
      return pipes;
    } catch (IOException e) {
      throw noFolder(e);
    }
  }

  private static void make(Path folder, List<NamedPipe> pipes, Cancellation cancellation) {
    List<String> argv = new ArrayList<>(List.of("mkfifo", "-m", "600"));
    pipes.forEach(pipe -> argv.add(pipe.path.toString()));
    ChildProcess.Finished<String> made = ChildProcess.run(argv, Map.of(), cancellation);
    if (made.exitCode() != 0) {
      throw new Problem(
          Problem.Kind.INTERNAL,
          "A named pipe could not be created in %s: %s. Set TMPDIR to a writable local folder."
              .formatted(folder, made.stderr()));
    }
  }

  private static Problem noFolder(IOException e) {
    return new Problem(
        Problem.Kind.INTERNAL, "A temporary folder could not be created: " + e.getMessage(), e);
  }

  /** Removes pipes that were created together, and their folder. */
  public static void closeAll(List<NamedPipe> pipes) {
    for (NamedPipe pipe : pipes) {
      remove(pipe.path);
    }
    pipes.stream().findFirst().ifPresent(pipe -> remove(pipe.folder));
  }

  /**
   * Creates a pipe in the temporary folder.
   *
   * @throws Problem of kind INTERNAL if it cannot be created
   */
  public static NamedPipe create(Cancellation cancellation) {
    return createAll(List.of("script"), cancellation).getFirst();
  }

  public Path path() {
    return path;
  }

  public Path folder() {
    return folder;
  }

  /**
   * Writes in a separate thread as soon as the child opens the pipe.
   *
   * @param what the name of the thread
   */
  public FutureTask<Boolean> feed(String what, Writer writer) {
    FutureTask<Boolean> task =
        new FutureTask<>(() -> {
          try (OutputStream out = Files.newOutputStream(path)) {
            writer.write(out);
          }
          return true;
        });
    Thread.ofPlatform().daemon().name(what).start(task);
    return task;
  }

  /**
   * Waits for the writer after the reader has ended.
   *
   * @throws IOException the writer's; a broken pipe, if the reader ended first
   */
  public void await(FutureTask<Boolean> task) throws IOException {
    try {
      while (!task.isDone()) {
        // A writer that waits for a reader gets one, and then a broken pipe.
        try (var _ = new RandomAccessFile(path.toFile(), "rw")) {
          waitFor(task);
        }
        waitFor(task);
      }
      task.get();
    } catch (InterruptedException e) {
      throw Problem.interrupted(e);
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
      task.get(PAUSE_MILLIS, java.util.concurrent.TimeUnit.MILLISECONDS);
    } catch (java.util.concurrent.TimeoutException e) {
      // Try again.
    }
  }

  @Override
  public void close() {
    closeAll(List.of(this));
  }

  private static void remove(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      org.jboss.logging.Logger.getLogger(NamedPipe.class)
          .warnf("%s could not be removed: %s", path, e.getMessage());
    }
  }
}

package io.parsecbackup.repository.storage.folder;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.repository.storage.PlainFiles;
import io.parsecbackup.repository.storage.PrivateFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * All steps that change the state of the repository: flushes and renames. Each one calls the
 * checkpoint before and after, so that a test can kill the program there.
 */
public final class StableStorage {

  /** Enough for a slow disk to write what a run has left in memory. */
  private static final Duration LONGEST_FLUSH = Duration.ofHours(1);

  private final Consumer<String> checkpoint;
  private final FileDates dates;
  private final List<String> flush;
  private final Duration longest;

  public StableStorage() {
    this(step -> {});
  }

  /**
   * @param checkpoint receives "before …" and "after …" for each flush and rename
   */
  public StableStorage(Consumer<String> checkpoint) {
    this(checkpoint, new FileDates());
  }

  /**
   * @param checkpoint as above
   * @param dates sets the dates of files
   */
  public StableStorage(Consumer<String> checkpoint, FileDates dates) {
    this(checkpoint, dates, List.of("sync", "-f"), LONGEST_FLUSH);
  }

  /**
   * @param flush the program that flushes the file system of the folder in its last argument
   * @param longest the time limit of a flush
   */
  StableStorage(
      Consumer<String> checkpoint, FileDates dates, List<String> flush, Duration longest) {
    this.checkpoint = checkpoint;
    this.dates = dates;
    this.flush = flush;
    this.longest = longest;
  }

  /** Receives the names of steps. */
  public Consumer<String> checkpoint() {
    return checkpoint;
  }

  /** Sets the dates of files. No other step depends on them. */
  public FileDates dates() {
    return dates;
  }

  /** Renames {@code from} to {@code to} atomically and replaces an existing file. */
  public void rename(Path from, Path to) throws IOException {
    step("rename to " + to.getFileName(), () -> Files.move(from, to, ATOMIC_MOVE));
  }

  /** Writes a small file completely or not at all. It is on stable storage when this returns. */
  public void publish(Path scratch, Path file, byte[] content) throws IOException {
    write(scratch, content);
    rename(scratch, file);
    flushFolder(parent(file));
  }

  /** Writes a new file and flushes it; its name is not flushed yet. */
  public void write(Path file, byte[] content) throws IOException {
    write(file, file, content);
  }

  /**
   * As above.
   *
   * @param target the name that the file gets next, for the checkpoint
   */
  void write(Path file, Path target, byte[] content) throws IOException {
    Files.deleteIfExists(file);
    try (FileChannel channel = PrivateFiles.create(file)) {
      ByteBuffer bytes = ByteBuffer.wrap(content);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      step("flush of " + target.getFileName(), () -> channel.force(true));
    }
  }

  /** Flushes a file's content to stable storage. */
  public void flush(Path file) throws IOException {
    try (FileChannel channel = PlainFiles.openChannel(file, StandardOpenOption.WRITE)) {
      step("flush of " + file.getFileName(), () -> channel.force(true));
    }
  }

  /** Flushes a folder's names to stable storage. Without it a power cut may undo a rename. */
  public void flushFolder(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      step("flush of folder " + folder.getFileName(), () -> channel.force(true));
    }
  }

  /**
   * Flushes the whole file system of {@code folder} to stable storage with coreutils' {@code sync
   * -f}, because Java has no syncfs(2). One call is enough for a million objects; flushing each of
   * them would take hours.
   *
   * @throws Problem when it fails, takes longer than an hour or is cancelled: nothing may be
   *     published then
   */
  public void flushFileSystem(Path folder, Cancellation cancellation) throws IOException {
    step(
        "flush of the file system",
        () -> new FileSystemFlush(flush, longest).run(folder, cancellation));
  }

  /** The same with another time limit, for a test of the file system that publishes nothing. */
  public void flushFileSystem(Path folder, Duration atMost) throws IOException {
    new FileSystemFlush(flush, atMost).run(folder, new Cancellation());
  }

  /** Executes a deletion of {@code file}. */
  void delete(Path file, Step deletion) throws IOException {
    step("delete of " + file.getFileName(), deletion);
  }

  private void step(String name, Step step) throws IOException {
    checkpoint.accept("before " + name);
    step.run();
    checkpoint.accept("after " + name);
  }

  private static Path parent(Path file) {
    Path parent = file.getParent();
    if (parent == null) {
      throw new IllegalArgumentException(file + " has no folder");
    }
    return parent;
  }

  /** One of the steps. */
  interface Step {
    void run() throws IOException;
  }
}

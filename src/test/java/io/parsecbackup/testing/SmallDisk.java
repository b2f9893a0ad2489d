package io.parsecbackup.testing;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A file system that a test may fill to its last byte: a small one in memory, where this process
 * may mount one. Elsewhere it is a folder that only behaves so, as far as the program announces
 * what it does there: from the moment it is full, each flush and rename fails as on a full disk.
 */
public final class SmallDisk implements AutoCloseable {

  /** Enough for the 64 MiB that a dump wants to see free, and some. */
  private static final int MIB = 96;

  private final Path folder;
  private final boolean mounted;
  private volatile boolean full;

  private SmallDisk(Path folder, boolean mounted) {
    this.folder = folder;
    this.mounted = mounted;
  }

  /** An empty one. */
  public static SmallDisk in(Path scratch) throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory(scratch, "disk");
    return new SmallDisk(
        folder, run("mount", "-t", "tmpfs", "-o", "size=" + MIB + "m", "tmpfs", folder.toString()));
  }

  /** One that only behaves so, wherever this runs. */
  public static SmallDisk imitatedIn(Path scratch) throws IOException {
    return new SmallDisk(Files.createTempDirectory(scratch, "disk"), false);
  }

  public Path folder() {
    return folder;
  }

  /** Whether writes fail by themselves when it is full. */
  public boolean isReal() {
    return mounted;
  }

  /** A listener that fills it at a step, as {@link Checkpoints} names them. */
  public Consumer<String> fullAt(String step, int occurrence) {
    Checkpoints checkpoints =
        new Checkpoints((name, count) -> {
          if (name.equals(step) && count == occurrence) {
            fill();
          }
        });
    return name -> {
      checkpoints.accept(name);
      if (full && !mounted && name.startsWith("before ")) {
        throw new UncheckedIOException(
            new FileSystemException(name, null, "No space left on device"));
      }
    };
  }

  /** Takes what room there is. */
  public void fill() {
    full = true;
    if (!mounted) {
      return;
    }
    byte[] buffer = new byte[4096];
    try (OutputStream out = Files.newOutputStream(filler())) {
      while (true) {
        out.write(buffer);
      }
    } catch (IOException noSpaceLeft) {
      // Which is what we want.
    }
  }

  /** Makes room again. */
  public void makeRoom() throws IOException {
    full = false;
    Files.deleteIfExists(filler());
  }

  private Path filler() {
    return folder.resolve("filler");
  }

  private static boolean run(String... command) throws IOException, InterruptedException {
    Optional<Path> program =
        java.util.stream.Stream.of("/bin", "/usr/bin", "/sbin", "/usr/sbin")
            .map(bin -> Path.of(bin, command[0]))
            .filter(Files::isExecutable)
            .findFirst();
    if (program.isEmpty()) {
      return false;
    }
    return new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start()
            .waitFor()
        == 0;
  }

  @Override
  public void close() throws IOException, InterruptedException {
    if (mounted && !run("umount", folder.toString())) {
      run("umount", "-l", folder.toString());
    }
  }
}

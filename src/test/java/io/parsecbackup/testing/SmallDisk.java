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
 * A file system that a test can fill to its last byte: a small one in memory, if this process may
 * mount one. Otherwise a folder that imitates it: once it is full, each flush and rename that the
 * program announces fails as on a full disk.
 */
public final class SmallDisk implements AutoCloseable {

  /** A little more than the 64 MiB of free space that a dump requires. */
  private static final int MIB = 96;

  private final Path folder;
  private final boolean mounted;
  private volatile boolean full;

  private SmallDisk(Path folder, boolean mounted) {
    this.folder = folder;
    this.mounted = mounted;
  }

  /** An empty disk. */
  public static SmallDisk in(Path scratch) throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory(scratch, "disk");
    return new SmallDisk(
        folder, run("mount", "-t", "tmpfs", "-o", "size=" + MIB + "m", "tmpfs", folder.toString()));
  }

  /** An imitated disk, on any machine. */
  public static SmallDisk imitatedIn(Path scratch) throws IOException {
    return new SmallDisk(Files.createTempDirectory(scratch, "disk"), false);
  }

  public Path folder() {
    return folder;
  }

  /** Whether it is a real file system, on which writes fail when it is full. */
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
      // Deleting needs no space.
      if (full && !mounted && name.startsWith("before ") && !name.startsWith("before delete")) {
        throw new UncheckedIOException(
            new FileSystemException(name, null, "No space left on device"));
      }
    };
  }

  /** Uses up all free space. */
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
      // Expected: the disk is full.
    }
  }

  /** Frees the space again. */
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

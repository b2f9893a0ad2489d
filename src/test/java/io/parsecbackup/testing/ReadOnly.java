package io.parsecbackup.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A folder that this process can read but not write: a read-only mount or, without the right to
 * mount, a read-only mode.
 */
public final class ReadOnly implements AutoCloseable {

  private final Path path;
  private final boolean mounted;

  private ReadOnly(Path path, boolean mounted) {
    this.path = path;
    this.mounted = mounted;
  }

  /** Makes {@code folder} read-only, or mounts it read-only under another name. */
  public static ReadOnly mount(Path folder) throws IOException, InterruptedException {
    Path place = Files.createTempDirectory(folder.toAbsolutePath().getParent(), "readonly");
    if (run("mount", "--bind", folder.toString(), place.toString())) {
      if (run("mount", "-o", "remount,ro,bind", place.toString())) {
        return new ReadOnly(place, true);
      }
      run("umount", place.toString());
    }
    run("chmod", "-R", "a-w", folder.toString());
    return new ReadOnly(folder, false);
  }

  public Path path() {
    return path;
  }

  @Override
  public void close() throws IOException, InterruptedException {
    if (mounted) {
      run("umount", path.toString());
    } else {
      run("chmod", "-R", "u+w", path.toString());
    }
  }

  private static boolean run(String... command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    return process.waitFor() == 0;
  }
}

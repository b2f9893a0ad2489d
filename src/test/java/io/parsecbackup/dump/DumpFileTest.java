package io.parsecbackup.dump;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.Problem;
import io.parsecbackup.dump.archive.DumpFormat;
import io.parsecbackup.postgres.ChildProcess;
import io.parsecbackup.postgres.Processes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DumpFileTest {

  @TempDir Path folder;

  @Test
  void isRemovedUnlessKept() throws IOException {
    Path path = folder.resolve("dump");
    try (DumpFile file = DumpFile.create(path, DumpFormat.CUSTOM, Optional.empty())) {
      file.fill(new ByteArrayInputStream(new byte[10]), bytes -> {});
      assertTrue(Files.exists(path));
    }
    assertFalse(Files.exists(path));
    try (DumpFile file = DumpFile.create(path, DumpFormat.CUSTOM, Optional.empty())) {
      file.fill(new ByteArrayInputStream("abc".getBytes(StandardCharsets.US_ASCII)), b -> {});
      assertEquals(3, file.bytes());
      assertEquals(
          "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", file.sha256());
      file.keep();
    }
    assertEquals("abc", Files.readString(path));
  }

  /** The device /dev/full returns the error of a full disk. */
  @Test
  void reportsAFullDisk() throws IOException {
    try (FileChannel full = FileChannel.open(Path.of("/dev/full"), StandardOpenOption.WRITE);
        DumpFile file =
            new DumpFile(folder.resolve("dump"), DumpFormat.CUSTOM, full, Optional.empty())) {
      String message =
          Failures.message(
              Problem.Kind.SPACE,
              () -> file.fill(new ByteArrayInputStream(new byte[10]), bytes -> {}));
      assertTrue(message.contains("did not fit on the file system of " + folder), message);
      assertTrue(message.contains("No space left on device"), message);
      assertTrue(message.contains("free"), message);
    }
  }

  /** The kernel's limit on the size of a file simulates a disk that fills during the dump. */
  @Test
  void leavesNothingIfTheDiskFillsDuringTheDump() throws Exception {
    Path path = folder.resolve("dump");
    Process java = Processes.java("ulimit -f 2048", EndlessDump.class, path.toString());
    try (InputStream output = java.getInputStream()) {
      String message = new String(output.readAllBytes(), StandardCharsets.UTF_8);
      assertTrue(java.waitFor(10, TimeUnit.SECONDS));
      assertTrue(message.contains("SPACE: The dump did not fit"), message);
      assertTrue(message.contains("after 1.0 MiB writing failed"), message);
      assertFalse(Files.exists(path));
    }
  }

  /** A program that dumps more than fits, from a child that would never end. */
  static final class EndlessDump {
    public static void main(String[] args) throws IOException {
      try (DumpFile file = DumpFile.create(Path.of(args[0]), DumpFormat.CUSTOM, Optional.empty());
          ChildProcess child =
              ChildProcess.start(java.util.List.of("/bin/cat", "/dev/zero"), java.util.Map.of())) {
        child.finish(stdout -> {
          file.fill(stdout, bytes -> {});
          return file;
        });
      } catch (Problem e) {
        System.out.println(e.kind() + ": " + e.getMessage());
      }
    }
  }
}

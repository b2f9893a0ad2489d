package io.parsecbackup.repository.storage.folder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.Problem;
import io.parsecbackup.testing.BrokenDescriptor;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class FolderLockTest {

  @TempDir Path folder;

  /** Another process that takes the lock, prints that, and keeps the lock until it is killed. */
  public static final class Holder {
    public static void main(String[] args) throws Exception {
      try (FolderLock lock = FolderLock.exclusive(Path.of(args[0]), "backup of another")) {
        System.out.println("held");
        Thread.currentThread().join();
      }
    }
  }

  private Path file() {
    return folder.resolve("lock");
  }

  private Process startHolder() throws IOException {
    Process holder =
        new ProcessBuilder(holderCommand()).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    BufferedReader said = holder.inputReader(StandardCharsets.UTF_8);
    assertEquals("held", said.readLine());
    return holder;
  }

  @Test
  void isHeldOnceInOneProcess() throws IOException {
    try (FolderLock lock = FolderLock.exclusive(file(), "first")) {
      assertEquals(
          Problem.Kind.HELD,
          assertThrows(Problem.class, () -> FolderLock.exclusive(file(), "second")).kind());
      assertTrue(FolderLock.isHeld(file()));
    }
    assertFalse(FolderLock.isHeld(file()));
    FolderLock.exclusive(file(), "third").close();
  }

  @Test
  void namesTheOtherProcessThatHoldsIt() throws Exception {
    Process holder = startHolder();
    try {
      Problem refusal = assertThrows(Problem.class, () -> FolderLock.exclusive(file(), "mine"));
      assertTrue(String.valueOf(refusal.getMessage()).contains("backup of another"));
      assertTrue(String.valueOf(refusal.getMessage()).contains(Long.toString(holder.pid())));
      assertTrue(FolderLock.isHeld(file()));
    } finally {
      holder.destroyForcibly().waitFor();
    }
  }

  @Test
  void isFreeAsSoonAsItsHolderIsKilled() throws Exception {
    startHolder().destroyForcibly().waitFor();
    FolderLock.exclusive(file(), "mine").close();
  }

  @Test
  void survivesAFailedSecondTryInTheSameProcess() throws Exception {
    try (FolderLock lock = FolderLock.exclusive(file(), "first")) {
      assertThrows(Problem.class, () -> FolderLock.exclusive(file(), "second"));
      assertTrue(FolderLock.isHeld(file()));
      Process other = new ProcessBuilder(holderCommand()).redirectErrorStream(true).start();
      String said = new String(other.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertTrue(said.contains("another run holds the repository"), said);
      assertEquals(1, other.waitFor());
    }
  }

  @Test
  void isSharedByReadersAndRefusedToWriters() throws IOException {
    FolderLock first = FolderLock.shared(file(), "verify");
    FolderLock second = FolderLock.shared(file(), "drill");
    assertFalse(FolderLock.isHeld(file()));
    first.close();
    first.close();
    Problem refusal = assertThrows(Problem.class, () -> FolderLock.exclusive(file(), "backup"));
    assertTrue(String.valueOf(refusal.getMessage()).contains("drill"), refusal.getMessage());
    second.close();
    try (FolderLock alone = FolderLock.exclusive(file(), "backup")) {
      assertThrows(Problem.class, () -> FolderLock.shared(file(), "verify"));
    }
  }

  @Test
  void isNotSharedWithAWriterInAnotherProcess() throws Exception {
    Process holder = startHolder();
    try {
      Problem refusal = assertThrows(Problem.class, () -> FolderLock.shared(file(), "verify"));
      assertTrue(String.valueOf(refusal.getMessage()).contains("backup of another"));
    } finally {
      holder.destroyForcibly().waitFor();
    }
    try (FolderLock share = FolderLock.shared(file(), "verify")) {
      Process other = new ProcessBuilder(holderCommand()).redirectErrorStream(true).start();
      String said = new String(other.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertTrue(said.contains("verify"), said);
      assertEquals(1, other.waitFor());
    }
  }

  /** Two jobs that share the lock start at the same time, and one of them ends. */
  @Test
  void namesExactlyTheJobsThatShareIt() throws Exception {
    FolderLock verify = FolderLock.shared(file(), "verify that is starting");
    try (FolderLock drill = FolderLock.shared(file(), "drill that is starting")) {
      String process = ", process " + ProcessHandle.current().pid() + "\n";
      for (int i = 0; i < 200; i++) {
        String ofVerify = "verify " + "v".repeat(i);
        String ofDrill = "drill " + i;
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
          threads.execute(() -> verify.describeHolder(ofVerify));
          threads.execute(() -> drill.describeHolder(ofDrill));
        }
        assertEquals(ofVerify + " and " + ofDrill + process, Files.readString(file()));
      }
      verify.close();
      assertEquals("drill 199" + process, Files.readString(file()));
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void isReleasedByACloseThatFails() throws IOException {
    FolderLock lock = FolderLock.exclusive(file(), "backup");
    BrokenDescriptor.of(file());
    lock.close();
    FolderLock.exclusive(file(), "the next backup").close();
  }

  private List<String> holderCommand() {
    return List.of(
        ProcessHandle.current().info().command().orElseThrow(),
        "-cp",
        System.getProperty("java.class.path"),
        Holder.class.getName(),
        file().toString());
  }
}

package io.parsecbackup.repository.storage.folder;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.Source;
import io.parsecbackup.repository.Workspace;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.testing.NoLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A disk that hangs, simulated by a program that replaces sync and never ends. */
@Timeout(30)
class FileSystemFlushTest {

  @TempDir Path folder;
  private Path started;
  private List<String> hangs;

  @BeforeEach
  void programThatHangs() throws IOException {
    started = folder.resolve("started");
    Path program = folder.resolve("sync");
    Files.writeString(
        program,
        "#!/bin/sh\necho $$ > "
            + started
            + ".part; mv "
            + started
            + ".part "
            + started
            + "\nexec sleep 600\n");
    assertTrue(program.toFile().setExecutable(true));
    hangs = List.of(program.toString());
  }

  @Test
  void stopsAfterTheTimeLimitAndNamesTheFileSystem() throws Exception {
    StableStorage storage =
        new StableStorage(step -> {}, new FileDates(), hangs, Duration.ofSeconds(2));
    Problem problem =
        assertThrows(Problem.class, () -> storage.flushFileSystem(folder, new Cancellation()));
    assertEquals(Problem.Kind.REPOSITORY, problem.kind());
    assertTrue(problem.toString().contains(folder.toString()), problem::toString);
    assertHasEnded();
  }

  @Test
  void aRunThatIsCancelledDuringTheFlushPublishesNothing() throws Exception {
    Repository repository =
        Repository.at(
            new FolderStorage(
                folder.resolve("repository"),
                new StableStorage(step -> {}, new FileDates(), hangs, Duration.ofMinutes(10))));
    repository.rebind(new Source(Optional.empty(), "parsec", List.of("bucket")));
    Cancellation cancellation = new Cancellation();
    CompletableFuture<Void> canceller =
        CompletableFuture.runAsync(() -> {
          await().until(() -> Files.exists(started));
          cancellation.cancel("asked to");
        });
    RunId id;
    try (Workspace workspace =
        repository.reserve(NoLock.HELD, Instant.parse("2026-11-22T02:00:00Z"))) {
      id = workspace.id();
      Problem problem =
          assertThrows(
              Problem.class,
              () ->
                  workspace.publish(Map.of(), JsonNodeFactory.instance.objectNode(), cancellation));
      assertEquals(Problem.Kind.CANCELLED, problem.kind());
    }
    canceller.join();
    assertEquals(List.of(), repository.published().ids());
    assertTrue(
        Files.notExists(Path.of(repository.storage().location()).resolve(Layout.backup(id))));
    assertHasEnded();
  }

  private void assertHasEnded() throws IOException {
    long pid = Long.parseLong(Files.readString(started).strip());
    await()
        .until(
            () -> ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false), alive -> !alive);
  }
}

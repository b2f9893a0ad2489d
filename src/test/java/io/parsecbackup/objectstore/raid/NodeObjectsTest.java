package io.parsecbackup.objectstore.raid;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.parsecbackup.objectstore.content.ContentFacts;
import io.parsecbackup.objectstore.content.FetchedObject;
import io.parsecbackup.objectstore.content.FileDigests;
import io.parsecbackup.objectstore.content.Payload;
import io.parsecbackup.objectstore.content.StoredObject;
import io.parsecbackup.objectstore.s3.ObjectTransfer;
import io.parsecbackup.objectstore.s3.Retries;
import io.smallrye.mutiny.Uni;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeObjectsTest {

  private static final String MD5 = "d41d8cd98f00b204e9800998ecf8427e";

  @TempDir Path folder;

  /** The next steps read and move files: on an event loop they would block every other transfer. */
  @Test
  void handOverFetchedObjectsOnADiskThread() {
    try (ExecutorService eventLoop =
            Executors.newSingleThreadExecutor(task -> named("loop", task));
        ExecutorService disk = Executors.newSingleThreadExecutor(task -> named("disk", task))) {
      NodeObjects objects =
          new NodeObjects(
              new Transfer(eventLoop),
              disk,
              Retries.ONCE_MORE,
              () -> folder.resolve("part"),
              new ContentVerifier(new EtagTrust("the bucket x", () -> true)));
      String thread =
          objects
              .get(new FetchRequest("a/b", OptionalLong.of(5), MD5, ""))
              .map(result -> Thread.currentThread().getName())
              .await()
              .atMost(Duration.ofSeconds(10));
      assertEquals("disk", thread);
    }
  }

  private static Thread named(String name, Runnable task) {
    return new Thread(task, name);
  }

  /** Answers on an event loop, as the HTTP client does. */
  private record Transfer(ExecutorService eventLoop) implements ObjectTransfer {

    @Override
    public Uni<FetchedObject> get(String key, String unless, long most, Path into) {
      FileDigests digests = new FileDigests(5, "a".repeat(64), MD5);
      return Uni.createFrom()
          .item(new FetchedObject(digests, 5, MD5, Instant.EPOCH, ContentFacts.NONE))
          .emitOn(eventLoop);
    }

    @Override
    public Uni<StoredObject> put(String key, Payload payload, boolean onlyIfAbsent) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
  }
}

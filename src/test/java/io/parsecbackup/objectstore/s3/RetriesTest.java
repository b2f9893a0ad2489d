package io.parsecbackup.objectstore.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.parsecbackup.objectstore.content.TransferException;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RetriesTest {

  private static final Duration PAUSE = Duration.ofMillis(1);

  private final AtomicInteger tries = new AtomicInteger();

  private void run(Retries retries, TransferException.Kind kind, Duration each) {
    Uni<Object> request =
        Uni.createFrom()
            .deferred(() -> {
              tries.incrementAndGet();
              return Uni.createFrom()
                  .nullItem()
                  .onItem()
                  .delayIt()
                  .by(each)
                  .onItem()
                  .failWith(() -> new TransferException(kind, "no"));
            });
    assertThrows(
        TransferException.class,
        () -> retries.around(request).await().atMost(Duration.ofSeconds(30)));
  }

  @Test
  void retriesUpToTheLimit() {
    run(new Retries(3, PAUSE, PAUSE), TransferException.Kind.TEMPORARY, PAUSE);
    assertEquals(4, tries.get());
  }

  /** The server asks for fewer requests, and refuses some of them several times by chance. */
  @Test
  void retriesARefusalOfABusyServerMoreOften() {
    run(new Retries(3, PAUSE, PAUSE), TransferException.Kind.THROTTLED, PAUSE);
    assertEquals(13, tries.get());
  }

  @Test
  void triesAPermanentFailureOnlyOnce() {
    run(new Retries(3, PAUSE, PAUSE), TransferException.Kind.REFUSED, PAUSE);
    assertEquals(1, tries.get());
  }

  /** A slow object delays a run only once, not for each try. */
  @Test
  void startsNoRetryAfterTheTimeLimit() {
    Retries retries = new Retries(50, PAUSE, PAUSE, Duration.ofMillis(300));
    run(retries, TransferException.Kind.TEMPORARY, Duration.ofMillis(200));
    assertEquals(2, tries.get());
  }

  /** A large object or a slow network may take this long before the connection breaks. */
  @Test
  void retriesOnceHoweverLongTheFirstTryTook() {
    Retries retries = new Retries(50, PAUSE, PAUSE, Duration.ofMillis(10));
    run(retries, TransferException.Kind.TEMPORARY, Duration.ofMillis(50));
    assertEquals(2, tries.get());
  }
}

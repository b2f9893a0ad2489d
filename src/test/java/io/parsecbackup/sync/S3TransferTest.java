package io.parsecbackup.sync;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.parsecbackup.testing.Content;
import io.parsecbackup.testing.Fault;
import io.parsecbackup.testing.S3Request.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.services.s3.S3AsyncClient;

/** The SDK's way to an object, taken where a proxy stands before the bucket. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class S3TransferTest {

  private static final int SIZE = 100_000;
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir Path folder;
  private SyncScenario scenario;
  private final ExecutorService disk = Executors.newFixedThreadPool(2);
  private S3AsyncClient client;
  private S3Transfer transfer;

  @BeforeEach
  void open() {
    scenario = new SyncScenario(folder);
    scenario.bucket.put("k", Content.generated("k", 1, SIZE));
    client = SyncScenario.CLIENTS.open(scenario.blockstore(), 2);
    transfer =
        new S3Transfer(client, scenario.bucket.name(), disk, new RateLimit(OptionalLong.empty()));
  }

  @AfterEach
  void close() {
    client.close();
    disk.close();
    scenario.close();
  }

  @Test
  void fetchesAWholeObject() throws IOException {
    Path file = folder.resolve("part");
    FetchedObject fetched = transfer.get("k", file).await().atMost(PATIENCE);
    assertEquals(SIZE, fetched.size());
    assertEquals(fetched.etag(), fetched.md5());
    assertArrayEquals(scenario.bucket.get("k").orElseThrow(), Files.readAllBytes(file));
  }

  static Stream<Arguments> faults() {
    return Stream.of(
        argumentSet("dropped", new Fault.Drop()),
        argumentSet("closed before the body", new Fault.Cut(0)),
        argumentSet("closed in the body", new Fault.Cut(SIZE / 2)),
        argumentSet("reset before the body", new Fault.Reset(0)),
        argumentSet("reset in the body", new Fault.Reset(SIZE / 2)),
        argumentSet("silent", new Fault.Hang()),
        argumentSet("busy", Fault.status(503)));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void failsInAWayThatMayPass(Fault fault) {
    scenario.proxy.when(Kind.GET_OBJECT, fault);
    Throwable failure =
        assertThrows(
            TransferException.class,
            () -> transfer.get("k", folder.resolve("part")).await().atMost(PATIENCE));
    assertTrue(TransferException.isPassing(failure), failure.toString());
  }
}

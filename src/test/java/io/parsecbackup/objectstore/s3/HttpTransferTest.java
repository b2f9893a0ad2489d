package io.parsecbackup.objectstore.s3;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.parsecbackup.objectstore.content.Bandwidth;
import io.parsecbackup.objectstore.content.BodyScratch;
import io.parsecbackup.objectstore.content.FetchedObject;
import io.parsecbackup.objectstore.content.Payload;
import io.parsecbackup.objectstore.content.ReceivedObject;
import io.parsecbackup.objectstore.content.StoredObject;
import io.parsecbackup.objectstore.content.TransferException;
import io.parsecbackup.objectstore.fetch.FetchScenario;
import io.parsecbackup.objectstore.raid.NodeShare;
import io.parsecbackup.parsec.Blockstore;
import io.parsecbackup.repository.storage.Sha256;
import io.parsecbackup.testing.Content;
import io.parsecbackup.testing.Fault;
import io.parsecbackup.testing.ReceivedBytes;
import io.parsecbackup.testing.S3Request.Kind;
import io.parsecbackup.testing.S3Response;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
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
import org.junit.jupiter.params.provider.ValueSource;

/** Transfers of single objects. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class HttpTransferTest {

  private static final int SIZE = 100_000;
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir Path folder;
  private FetchScenario scenario;
  private final ExecutorService disk =
      Executors.newFixedThreadPool(2, Thread.ofPlatform().name("disk-", 0).factory());
  private Path received;
  private BodyScratch bodies;
  private HttpTransfer transfer;

  @BeforeEach
  void open() throws IOException {
    received = Files.createDirectory(folder.resolve("received"));
    bodies = FetchScenario.CLIENTS.bodies(received);
    scenario = new FetchScenario(folder);
    scenario.bucket.put("k", Content.generated("k", 1, SIZE));
    transfer =
        new HttpTransfer(
            FetchScenario.CLIENTS.open(scenario.blockstore(), 2),
            disk,
            Bandwidth.of(OptionalLong.empty()));
  }

  @AfterEach
  void close() throws IOException {
    transfer.close();
    disk.close();
    scenario.close();
    assertEquals(0, bodies.reserved());
    assertEquals(0, leftovers());
  }

  @Test
  void fetchesAWholeObject() throws IOException {
    FetchedObject fetched;
    try (ReceivedObject received = transfer.get("k", "", SIZE, bodies).await().atMost(PATIENCE)) {
      fetched = received.object();
      assertArrayEquals(
          scenario.bucket.get("k").orElseThrow(), ReceivedBytes.of(received.body().content()));
      assertEquals(fetched.sha256(), received.body().content().sha256());
      assertEquals(SIZE, bodies.reserved());
    }
    assertEquals(SIZE, fetched.size());
    assertEquals(fetched.etag(), fetched.md5());
  }

  @Test
  void fetchesALargeObjectIntoAFile() throws IOException {
    scenario.bucket.put("l", Content.generated("l", 1, 2_000_000));
    try (ReceivedObject received =
        transfer.get("l", "", 2_000_000, bodies).await().atMost(PATIENCE)) {
      assertArrayEquals(
          scenario.bucket.get("l").orElseThrow(), ReceivedBytes.of(received.body().content()));
      assertEquals(0, bodies.reserved());
      assertEquals(1, leftovers());
    }
  }

  /** A bandwidth limit is no reason to write a block to the disk. */
  @Test
  void fetchesInPiecesIntoMemoryToo() throws IOException {
    try (Bandwidth limit = Bandwidth.of(OptionalLong.of(100_000_000));
        HttpTransfer limited =
            new HttpTransfer(FetchScenario.CLIENTS.open(scenario.blockstore(), 2), disk, limit)) {
      try (ReceivedObject received = limited.get("k", "", SIZE, bodies).await().atMost(PATIENCE)) {
        assertArrayEquals(
            scenario.bucket.get("k").orElseThrow(), ReceivedBytes.of(received.body().content()));
        assertEquals(SIZE, bodies.reserved());
        assertEquals(0, leftovers());
      }
      scenario.proxy.when(Kind.GET_OBJECT, new Fault.Cut(SIZE / 2));
      assertThrows(
          TransferException.class,
          () -> limited.get("k", "", SIZE, bodies).await().atMost(PATIENCE));
    }
  }

  private long leftovers() throws IOException {
    try (Stream<Path> files = Files.list(received)) {
      return files.count();
    }
  }

  /** The next step reads and moves files. On an event loop it would stop all other transfers. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1_000, 2_000_000})
  void returnsTheResultOnADiskThread(int size) {
    scenario.bucket.put("t", Content.generated("t", 1, size));
    Thread thread =
        transfer
            .get("t", "", size, bodies)
            .map(fetched -> {
              fetched.close();
              return Thread.currentThread();
            })
            .await()
            .atMost(PATIENCE);
    assertTrue(thread.getName().startsWith("disk"), thread.getName());
  }

  /** Then the listener for the result is attached when the result exists already. */
  @Test
  void returnsTheResultOnADiskThreadHoweverFastTheDiskIs() {
    Executor fast = task -> CompletableFuture.runAsync(task, disk).join();
    AtomicInteger tasks = new AtomicInteger();
    Executor onceFast = task -> (tasks.getAndIncrement() == 0 ? fast : disk).execute(task);
    try (HttpTransfer toFastDisk =
        new HttpTransfer(
            FetchScenario.CLIENTS.open(scenario.blockstore(), 2),
            onceFast,
            Bandwidth.of(OptionalLong.empty()))) {
      Thread thread =
          toFastDisk
              .get("k", "", SIZE, bodies)
              .map(fetched -> {
                fetched.close();
                return Thread.currentThread();
              })
              .await()
              .atMost(PATIENCE);
      assertTrue(thread.getName().startsWith("disk"), thread.getName());
    }
  }

  /** No error leaves a transfer waiting. */
  @Test
  void failsIfTheTaskOnTheDiskEndsWithAnError() {
    int size = 2_000_000;
    scenario.bucket.put("e", Content.generated("e", 1, size));
    Path broken =
        (Path)
            Proxy.newProxyInstance(
                Path.class.getClassLoader(),
                new Class<?>[] {Path.class},
                (path, method, arguments) -> {
                  if (method.getName().equals("resolve")) {
                    return path;
                  }
                  throw new OutOfMemoryError("for the test");
                });
    Throwable failure =
        assertThrows(
            Throwable.class,
            () ->
                transfer
                    .get("e", "", size, FetchScenario.CLIENTS.bodies(broken))
                    .await()
                    .atMost(PATIENCE));
    assertTrue(failure.toString().contains("for the test"), failure.toString());
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
  void reportsAFaultThatIsWorthARetry(Fault fault) {
    scenario.proxy.when(Kind.GET_OBJECT, fault);
    Throwable failure =
        assertThrows(
            TransferException.class,
            () -> transfer.get("k", "", SIZE, bodies).await().atMost(PATIENCE));
    assertTrue(TransferException.isTemporary(failure), failure.toString());
  }

  static Stream<Arguments> payloads() {
    return Stream.of(
        argumentSet("empty", 0), argumentSet("one chunk", 1_000), argumentSet("more", 300_001));
  }

  @ParameterizedTest
  @MethodSource("payloads")
  void uploadsAWholeObjectFromMemoryAndFromAFile(int size) throws IOException {
    byte[] bytes = Content.generated("p", 1, size).bytes();
    Path file = Files.write(folder.resolve("file"), bytes);
    String key = "Éléphant-日本/a b+c";
    for (Payload payload :
        new Payload[] {
          new Payload.InMemory(bytes, sha256(bytes), Content.md5(bytes)),
          new Payload.InFile(
              file, new NodeShare.Whole()::bytes, size, sha256(bytes), Content.md5(bytes))
        }) {
      StoredObject stored = transfer.put(key, payload, false).await().atMost(PATIENCE);
      assertEquals(payload.md5(), stored.etag());
      assertArrayEquals(bytes, scenario.bucket.get(key).orElseThrow());
      scenario.bucket.delete(key);
    }
  }

  @Test
  void reportsAServerWithoutConditionsAndAnObjectThatExists() {
    byte[] bytes = new byte[10];
    Payload payload = new Payload.InMemory(bytes, sha256(bytes), Content.md5(bytes));
    assertEquals(TransferException.Kind.UNSUPPORTED, putFailure(payload).kind());
    scenario.proxy.when(
        Kind.PUT_OBJECT,
        new Fault.Answer(
            S3Response.error(412).text(xml -> xml.replace("InternalError", "PreconditionFailed"))));
    assertEquals(TransferException.Kind.PRESENT, putFailure(payload).kind());
  }

  @Test
  void doesNotBlameTheServerForAFileThatCannotBeRead() {
    byte[] bytes = new byte[10];
    Payload gone =
        new Payload.InFile(
            folder.resolve("gone"),
            new NodeShare.Whole()::bytes,
            10,
            sha256(bytes),
            Content.md5(bytes));
    assertThrows(
        UncheckedIOException.class, () -> transfer.put("x", gone, false).await().atMost(PATIENCE));
  }

  /** The first failure may be the client's own exception from writing the body. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void isWorthARetryIfTheServerDoesNotReadTheBody(boolean resets) throws IOException {
    byte[] bytes = new byte[16 << 20];
    Path file = Files.write(folder.resolve("large"), bytes);
    Payload payload =
        new Payload.InFile(
            file, new NodeShare.Whole()::bytes, bytes.length, sha256(bytes), Content.md5(bytes));
    Blockstore.S3 known = scenario.blockstore();
    try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        HttpTransfer refused =
            new HttpTransfer(
                FetchScenario.CLIENTS.open(
                    new Blockstore.S3(
                        Optional.of("http://127.0.0.1:" + server.getLocalPort()),
                        known.region(),
                        known.bucket(),
                        known.accessKey(),
                        known.secretKey()),
                    2),
                disk,
                Bandwidth.of(OptionalLong.empty()))) {
      if (resets) {
        Thread.ofPlatform().daemon().start(() -> resetAfterABit(server));
      }
      Throwable failure =
          assertThrows(
              TransferException.class,
              () -> refused.put("k", payload, false).await().atMost(PATIENCE));
      assertTrue(TransferException.isTemporary(failure), failure.toString());
    }
  }

  private static void resetAfterABit(ServerSocket server) {
    try (Socket socket = server.accept()) {
      socket.getInputStream().readNBytes(100_000);
      socket.setSoLinger(true, 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private TransferException putFailure(Payload payload) {
    return assertThrows(
        TransferException.class, () -> transfer.put("x", payload, true).await().atMost(PATIENCE));
  }

  private static String sha256(byte[] bytes) {
    MessageDigest digest = Sha256.digest();
    digest.update(bytes);
    return Sha256.hex(digest);
  }
}

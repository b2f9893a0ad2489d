package io.parsecbackup.objectstore.storage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.repository.storage.ConditionFailedException;
import io.parsecbackup.repository.storage.Content;
import io.parsecbackup.repository.storage.DeletionRefusedException;
import io.parsecbackup.repository.storage.NewFile;
import io.parsecbackup.repository.storage.RemoteStorageException;
import io.parsecbackup.repository.storage.Sha256;
import io.parsecbackup.testing.EmbeddedS3;
import io.parsecbackup.testing.Fault;
import io.parsecbackup.testing.FaultyProxy;
import io.parsecbackup.testing.S3Bucket;
import io.parsecbackup.testing.S3Request;
import io.parsecbackup.testing.S3Request.Kind;
import io.parsecbackup.testing.S3Response;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Objects of a repository on the way, and the faults that they meet. */
class BucketTransferTest {

  private static final EmbeddedS3 SERVER = EmbeddedS3.withConditions();
  private static final String NAME = "backups/20261122T020000Z/database.dump";
  private static final String KEY = "some/where/" + NAME;

  private static final Predicate<S3Request> ALL = request -> true;

  @TempDir Path folder;
  private final FaultyProxy proxy = FaultyProxy.before(SERVER.endpoint());
  private S3Bucket bucket;
  private BucketScenario scenario;
  private BucketStorage storage;

  @BeforeEach
  void open() {
    scenario = BucketScenario.in(SERVER, folder);
    bucket = SERVER.bucket(scenario.bucket().bucket());
    storage = scenario.through(proxy.endpoint()).open();
  }

  @AfterEach
  void close() {
    storage.close();
    proxy.close();
  }

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  private static byte[] random(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return bytes;
  }

  private Content file(byte[] bytes) throws IOException {
    storage.createFolders();
    Path file = Files.write(storage.scratch().resolve("dump"), bytes);
    return Content.of(file, Sha256.of(bytes));
  }

  @Test
  void uploadsALargeFileInParts() throws IOException {
    byte[] bytes = random(2 * BucketScenario.PART + 1);
    storage.put(NewFile.ifAbsent(NAME, file(bytes)));
    assertArrayEquals(bytes, bucket.get(KEY).orElseThrow());
    assertTrue(storage.find(NAME).orElseThrow().tag().endsWith("-3"));
    assertFalse(Files.exists(storage.scratch().resolve("dump")));
    assertThrows(
        ConditionFailedException.class, () -> storage.put(NewFile.ifAbsent(NAME, file(bytes))));
    assertTrue(Files.exists(storage.scratch().resolve("dump")));
    assertEquals(0, storage.abortUnfinishedUploads());
  }

  @Test
  void survivesFailedPartsAndALostAnswerToTheEndOfAnUpload() throws IOException {
    byte[] bytes = random(BucketScenario.PART + 1);
    proxy.when(request -> request.target().contains("partNumber=1"), Fault.status(503)).first(1);
    proxy.when(request -> request.target().contains("partNumber=2"), new Fault.Drop()).first(1);
    proxy
        .when(
            request -> request.method().equals("POST") && request.target().contains("uploadId="),
            Fault.rewrite(done -> S3Response.error(500)))
        .first(1);
    storage.put(NewFile.ifAbsent(NAME, file(bytes)));
    assertArrayEquals(bytes, bucket.get(KEY).orElseThrow());
    assertEquals(0, storage.abortUnfinishedUploads());
  }

  @Test
  void endsTheUploadsOfDeadRunsAndOnlyThese() throws IOException {
    // A writer that may not end an upload leaves it.
    proxy.when(request -> request.target().contains("partNumber=2"), Fault.status(403));
    proxy.when(request -> request.method().equals("DELETE"), Fault.status(403));
    Content content = file(random(BucketScenario.PART + 1));
    assertThrows(IOException.class, () -> storage.put(NewFile.ifAbsent(NAME, content)));
    String object = "objects/CoolOrg/0123456789abcdef0123456789abcdef";
    String segment = "index/20261122T020000Z.tsv";
    // The last ones are files of repositories with prefixes such as backups/x and objects.
    for (String name :
        List.of(
            object,
            segment,
            "tmp/probe",
            "another/backups/x",
            "another/tmp/probe",
            "objects/tmp/probe",
            "backups/x/" + NAME,
            "backups/" + object,
            "objects/" + NAME,
            "objects/" + object,
            "objects/x/" + segment,
            "index/" + segment)) {
      assertThrows(IOException.class, () -> storage.put(NewFile.replacing(name, content)));
    }
    assertEquals(0, storage.abortUnfinishedUploads());
    proxy.reset();
    assertEquals(4, storage.abortUnfinishedUploads());
    assertEquals(
        Set.of(KEY, "some/where/" + object, "some/where/" + segment, "some/where/tmp/probe"),
        proxy.requests().stream()
            .filter(request -> request.method().equals("DELETE"))
            .map(S3Request::key)
            .collect(Collectors.toSet()));
    assertEquals(0, storage.abortUnfinishedUploads());
  }

  @Test
  void continuesAfterACutConnection() throws IOException {
    byte[] bytes = random(3 << 20);
    bucket.put(KEY, bytes);
    proxy.when(Kind.GET_OBJECT, KEY, new Fault.Reset(1 << 20)).first(2);
    try (InputStream in = storage.open(NAME)) {
      assertArrayEquals(bytes, in.readAllBytes());
    }
    List<S3Request> requests =
        proxy.requests().stream().filter(request -> request.kind() == Kind.GET_OBJECT).toList();
    assertTrue(requests.size() >= 3, requests::toString);
    assertTrue(requests.getLast().header("Range").orElse("").startsWith("bytes="));
    assertTrue(requests.getLast().header("If-Match").isPresent());
    proxy.reset();
    proxy.when(Kind.GET_OBJECT, KEY, new Fault.Cut(100)).first(1);
    try (InputStream in = storage.open(NAME, 1000, 2_500_000)) {
      assertArrayEquals(java.util.Arrays.copyOfRange(bytes, 1000, 2_501_000), in.readAllBytes());
    }
  }

  @Test
  void doesNotMixTwoVersionsOfAnObject() throws IOException {
    bucket.put(KEY, random(3 << 20));
    proxy
        .when(
            request -> request.kind() == Kind.GET_OBJECT && request.header("Range").isEmpty(),
            new Fault.Cut(1000))
        .first(1);
    try (InputStream in = storage.open(NAME)) {
      in.readNBytes(10);
      bucket.put(KEY, random(4 << 20));
      IOException replaced = assertThrows(IOException.class, in::readAllBytes);
      assertTrue(
          String.valueOf(replaced.getMessage()).contains("was replaced"), replaced::toString);
    }
  }

  @Test
  void givesConnectionsOfUnreadObjectsBack() throws IOException {
    bucket.put(KEY, random(3 << 20));
    for (int i = 0; i < 40; i++) {
      try (InputStream in = storage.open(NAME)) {
        assertTrue(in.read() >= 0);
      }
    }
    try (InputStream in = storage.open(NAME)) {
      assertEquals(3 << 20, in.readAllBytes().length);
    }
  }

  @Test
  void knowsItsOwnWriteAfterALostAnswer() throws IOException {
    proxy.when(Kind.PUT_OBJECT, KEY, Fault.rewrite(done -> S3Response.error(500))).first(1);
    storage.put(NewFile.ifAbsent(NAME, Content.of(random(100))));
    proxy.reset();
    proxy.when(Kind.PUT_OBJECT, KEY, Fault.status(500)).first(1);
    assertThrows(
        ConditionFailedException.class,
        () -> storage.put(NewFile.ifAbsent(NAME, Content.of(random(101)))));
    assertArrayEquals(random(100), bucket.get(KEY).orElseThrow());
  }

  @Test
  void doesNotTakeAProxysAnswerForAMissingFile() throws IOException {
    bucket.put(KEY, random(10));
    proxy.when(Kind.HEAD_OBJECT, KEY, Fault.status(404)).first(1);
    assertEquals(10, storage.find(NAME).orElseThrow().size());
    try (BucketStorage none =
        new BucketScenario(
                new io.parsecbackup.parsec.Blockstore.S3(
                    scenario.bucket().endpoint(),
                    "x",
                    "no-bucket",
                    SERVER.accessKey(),
                    SERVER.secretKey()),
                "",
                folder)
            .open()) {
      IOException failure = assertThrows(IOException.class, () -> none.find(NAME));
      assertTrue(String.valueOf(failure.getMessage()).contains("NoSuchBucket"), failure::toString);
      assertFalse(String.valueOf(failure.getMessage()).contains(SERVER.secretKey()));
    }
  }

  private static final S3Response PAGE =
      new S3Response(
          200,
          List.of(Map.entry("Content-Type", "text/html")),
          "<html><body>Log in</body></html>".getBytes(StandardCharsets.UTF_8));

  @Test
  void takesAPageForNoAnswer() throws IOException {
    proxy.when(Kind.PUT_OBJECT, KEY, new Fault.Answer(PAGE)).first(1);
    proxy.when(Kind.HEAD_OBJECT, KEY, new Fault.Answer(PAGE)).first(1);
    proxy.when(Kind.GET_OBJECT, KEY, new Fault.Answer(PAGE)).first(1);
    storage.put(NewFile.ifAbsent(NAME, Content.of(random(100))));
    assertEquals(100, storage.find(NAME).orElseThrow().size());
    try (InputStream in = storage.open(NAME)) {
      assertArrayEquals(random(100), in.readAllBytes());
    }
    proxy.when(ALL, new Fault.Answer(PAGE));
    IOException failure = assertThrows(IOException.class, () -> storage.find(NAME));
    assertTrue(String.valueOf(failure.getMessage()).contains("has no ETag"), failure::toString);
    assertThrows(IOException.class, () -> storage.children(""));
  }

  @Test
  void noticesAnErrorInTheAnswerToTheEndOfAnUpload() throws IOException {
    byte[] bytes = random(BucketScenario.PART + 1);
    Predicate<S3Request> end =
        request -> request.method().equals("POST") && request.target().contains("uploadId=");
    String error = "<?xml version=\"1.0\"?>\n<Error><Code>InternalError</Code></Error>";
    S3Response failed = new S3Response(200, List.of(), error.getBytes(StandardCharsets.UTF_8));
    proxy.when(end, new Fault.Answer(failed)).first(1);
    storage.put(NewFile.ifAbsent(NAME, file(bytes)));
    assertArrayEquals(bytes, bucket.get(KEY).orElseThrow());
    bucket.delete(KEY);
    for (S3Response answer : List.of(failed, PAGE)) {
      proxy.reset();
      proxy.when(end, new Fault.Answer(answer));
      assertThrows(IOException.class, () -> storage.put(NewFile.ifAbsent(NAME, file(bytes))));
      assertTrue(bucket.get(KEY).isEmpty());
    }
    assertEquals(0, storage.abortUnfinishedUploads());
  }

  @Test
  void takesNoOtherPartThanTheRequestedOne() throws IOException {
    byte[] bytes = random(1000);
    bucket.put(KEY, bytes);
    proxy
        .when(
            request -> request.header("Range").isPresent(),
            Fault.rewrite(answer ->
                answer
                    .with("Content-Range", "bytes 0-99/1000")
                    .with(java.util.Arrays.copyOf(bytes, 100))))
        .first(1);
    try (InputStream in = storage.open(NAME, 500, 100)) {
      assertArrayEquals(java.util.Arrays.copyOfRange(bytes, 500, 600), in.readAllBytes());
    }
  }

  @Test
  void readsADocumentAgainIfItContradictsItsEtag() throws IOException {
    bucket.put(KEY, random(100));
    proxy.when(Kind.GET_OBJECT, KEY, Fault.corruptByte(7)).first(1);
    try (InputStream in = storage.open(NAME)) {
      assertArrayEquals(random(100), in.readAllBytes());
    }
    proxy.when(Kind.GET_OBJECT, KEY, Fault.corruptByte(7)).first(1);
    assertEquals(
        100, Files.size(storage.local(NAME, java.util.Optional.of(Sha256.of(random(100))))));
    // What the bucket really has is given back, and is somebody else's finding.
    proxy.when(Kind.GET_OBJECT, KEY, Fault.corruptByte(7));
    try (InputStream in = storage.open(NAME)) {
      assertFalse(java.util.Arrays.equals(random(100), in.readAllBytes()));
    }
  }

  @Test
  void knowsWhetherOnlyOneFileIsRefused() {
    proxy.when(Kind.PUT_OBJECT, KEY, Fault.status(403));
    assertTrue(refusal().isOfOneFile());
    proxy.reset();
    proxy.when(Kind.PUT_OBJECT, Fault.status(403));
    assertFalse(refusal().isOfOneFile());
    proxy.reset();
    proxy.when(Kind.PUT_OBJECT, KEY, new Fault.Answer(S3Response.error(403, "ExpiredToken")));
    assertFalse(refusal().isOfOneFile());
  }

  private RemoteStorageException refusal() {
    return assertThrows(
        RemoteStorageException.class,
        () -> storage.put(NewFile.ifAbsent(NAME, Content.of(random(10)))));
  }

  @Test
  void saysThatItMayNotDelete() throws IOException {
    bucket.put(KEY, random(10));
    proxy.when(Kind.DELETE_OBJECT, Fault.status(403));
    assertThrows(DeletionRefusedException.class, () -> storage.delete(NAME));
    assertThrows(DeletionRefusedException.class, () -> storage.deleteTree("backups"));
    storage.move(NAME, "conflicts/x");
    assertEquals(2, bucket.size());
  }

  @Test
  void keepsTheDigestAsMetadataIfTheServerHasNoChecksums() throws IOException {
    proxy.when(
        request -> request.header("x-amz-checksum-sha256").isPresent(),
        new Fault.Answer(S3Response.error(501, "NotImplemented")));
    storage.put(NewFile.replacing(NAME, Content.of(random(10))));
    storage.put(NewFile.replacing(NAME, Content.of(random(11))));
    assertEquals(3, proxy.count(Kind.PUT_OBJECT));
    assertEquals(Sha256.of(random(11)), bucket.object(KEY).orElseThrow().metadata().get("sha256"));
  }

  @Test
  void writesFromManyThreadsAtOnce() throws Exception {
    byte[] block = random(16 << 10);
    try (BucketStorage direct = scenario.open();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> puts = new ArrayList<>();
      for (int i = 0; i < 1000; i++) {
        String name = "objects/CoolOrg/" + i;
        puts.add(
            threads.submit(() -> {
              direct.put(NewFile.ifAbsent(name, Content.of(block)));
              try (InputStream in = direct.open(name)) {
                assertEquals(block.length, in.readAllBytes().length);
              }
              return null;
            }));
      }
      for (Future<?> put : puts) {
        put.get();
      }
      assertEquals(1000, bucket.size());
      direct.deleteTree("objects");
      assertEquals(0, bucket.size());
    }
  }
}

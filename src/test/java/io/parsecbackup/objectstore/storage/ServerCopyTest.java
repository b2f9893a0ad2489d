package io.parsecbackup.objectstore.storage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.repository.ObjectFiles;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.index.ContentCheck;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.index.Journal;
import io.parsecbackup.repository.storage.Content;
import io.parsecbackup.repository.storage.CopyUnsupportedException;
import io.parsecbackup.repository.storage.NewFile;
import io.parsecbackup.repository.storage.ServerCopies;
import io.parsecbackup.repository.storage.Sha256;
import io.parsecbackup.repository.storage.StoredFile;
import io.parsecbackup.testing.EmbeddedS3;
import io.parsecbackup.testing.Fault;
import io.parsecbackup.testing.FaultyProxy;
import io.parsecbackup.testing.S3Request;
import io.parsecbackup.testing.S3Request.Kind;
import io.parsecbackup.testing.S3Response;
import io.parsecbackup.testing.VersityGw;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Objects that go from one repository to another within a server. */
class ServerCopyTest {

  private static final String KEY = "Éléphant-日本/a b+c%2F&d";
  private static final String NAME = "objects/" + KEY;
  private static final byte[] BLOCK = "a block".repeat(1000).getBytes(StandardCharsets.UTF_8);
  private static final byte[] OTHER = "another block".getBytes(StandardCharsets.UTF_8);

  @TempDir Path folder;
  private Optional<AutoCloseable> server = Optional.empty();
  private Optional<Places> open = Optional.empty();

  /** Two repositories behind a proxy. */
  private record Places(FaultyProxy proxy, BucketStorage source, BucketStorage target) {

    static Places of(FaultyProxy proxy, BucketScenario source, BucketScenario target) {
      return new Places(
          proxy, source.through(proxy.endpoint()).open(), target.through(proxy.endpoint()).open());
    }

    StoredFile put(byte[] bytes) throws IOException {
      source.put(NewFile.replacing(NAME, Content.of(bytes)));
      return source.find(NAME).orElseThrow();
    }

    boolean copy(StoredFile file) throws IOException {
      return target.copyFrom(source, file, Sha256.of(BLOCK));
    }

    Optional<byte[]> copied() throws IOException {
      if (target.find(NAME).isEmpty()) {
        return Optional.empty();
      }
      try (InputStream in = target.open(NAME)) {
        return Optional.of(in.readAllBytes());
      }
    }

    List<S3Request> copies() {
      return proxy.requests().stream().filter(ServerCopyTest::isCopy).toList();
    }
  }

  private static boolean isCopy(S3Request request) {
    return request.header("x-amz-copy-source").isPresent();
  }

  /** A server that hashes what it copies. */
  private Places versity() throws IOException {
    VersityGw gateway = VersityGw.assumeInstalled(folder);
    server = Optional.of(gateway);
    return places(
        FaultyProxy.before(gateway.endpoint()),
        BucketScenario.in(gateway, folder),
        BucketScenario.in(gateway, folder));
  }

  /** A server that does not. */
  private Places embedded() {
    EmbeddedS3 s3 = EmbeddedS3.withConditions();
    server = Optional.of(s3);
    return places(
        FaultyProxy.before(s3.endpoint()),
        BucketScenario.in(s3, folder),
        BucketScenario.in(s3, folder));
  }

  private Places places(FaultyProxy proxy, BucketScenario source, BucketScenario target) {
    Places places = Places.of(proxy, source, target);
    open = Optional.of(places);
    return places;
  }

  @AfterEach
  void close() throws Exception {
    if (open.isPresent()) {
      open.get().source().close();
      open.get().target().close();
      open.get().proxy().close();
    }
    if (server.isPresent()) {
      server.get().close();
    }
  }

  @Test
  void copiesAnObjectThatTheServerHashes() throws IOException {
    Places places = versity();
    StoredFile file = places.put(BLOCK);
    places.proxy().reset();

    assertTrue(places.target().isOnServerOf(places.source()));
    assertTrue(places.copy(file));
    assertEquals(
        List.of(Optional.of("bytes=0-0")),
        places.proxy().requests().stream()
            .filter(request -> request.kind() == Kind.GET_OBJECT)
            .map(request -> request.header("Range"))
            .toList(),
        "no bytes of the object");
    S3Request copy = places.copies().getFirst();
    assertEquals(Optional.of("*"), copy.header("If-None-Match"));
    assertEquals(Optional.of('"' + file.tag() + '"'), copy.header("x-amz-copy-source-if-match"));
    assertArrayEquals(BLOCK, places.copied().orElseThrow());
  }

  @Test
  void replacesNothing() throws IOException {
    Places places = versity();
    StoredFile file = places.put(BLOCK);
    places.target().put(NewFile.replacing(NAME, Content.of(OTHER)));

    assertFalse(places.copy(file));
    assertArrayEquals(OTHER, places.copied().orElseThrow());
    assertEquals(List.of(), places.copies());
  }

  @Test
  void refusesBytesThatWereReplacedSinceTheyWereFound() throws IOException {
    Places places = versity();
    StoredFile file = places.put(BLOCK);
    places.put(OTHER);

    assertFalse(places.copy(file));
    assertTrue(places.copied().isEmpty());
    places.source().delete(NAME);
    assertFalse(places.copy(file));
    assertTrue(places.copied().isEmpty());
  }

  @Test
  void doesNotTakeOtherBytesForTheObject() throws IOException {
    Places places = versity();
    StoredFile file = places.put(OTHER);
    assertFalse(places.copy(file));
    assertTrue(places.copied().isEmpty());

    places.proxy().when(Kind.DELETE_OBJECT, Fault.status(403));
    assertFalse(places.copy(file));
    assertArrayEquals(OTHER, places.copied().orElseThrow());
  }

  @Test
  void copiesAgainAfterALostAnswer() throws IOException {
    Places places = versity();
    StoredFile file = places.put(BLOCK);
    places
        .proxy()
        .when(ServerCopyTest::isCopy, Fault.rewrite(done -> S3Response.error(500)))
        .first(1);

    assertTrue(places.copy(file));
    assertEquals(2, places.copies().size());
    assertArrayEquals(BLOCK, places.copied().orElseThrow());
  }

  @Test
  void recordsAnObjectInTheJournalOnlyIfItWasCopied() throws IOException {
    Places places = versity();
    places.put(BLOCK);
    IndexRecord entry =
        new IndexRecord(
            KEY, BLOCK.length, Sha256.of(BLOCK), "etag", Instant.EPOCH, true, ContentCheck.ETAG);
    Path file = folder.resolve("journal");
    places.proxy().when(ServerCopyTest::isCopy, Fault.status(403)).first(1);
    ObjectFiles objects = Repository.at(places.target()).objects();
    try (Journal journal = Journal.append(file)) {
      ServerCopies refused = new ServerCopies(places.source(), places.target());
      assertFalse(objects.placeByServer(refused, entry, journal));
      assertFalse(refused.isUsable());
      assertFalse(objects.placeByServer(refused, entry, journal));
      assertEquals(1, places.copies().size());

      ServerCopies copies = new ServerCopies(places.source(), places.target());
      assertTrue(objects.placeByServer(copies, entry, journal));
      assertFalse(objects.placeByServer(copies, entry, journal));
      assertTrue(copies.isUsable());
    }
    assertArrayEquals(BLOCK, places.copied().orElseThrow());
    List<IndexRecord> recorded = new ArrayList<>();
    Journal.read(file, recorded::add);
    assertEquals(List.of(entry), recorded);
  }

  @Test
  void needsTheDigestInTheAnswer() throws IOException {
    Places places = embedded();
    StoredFile file = places.put(BLOCK);
    assertUnsupported(places, file, "its answer has no SHA-256");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<CopyObjectResult><ChecksumSHA256>47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=-2"
            + "</ChecksumSHA256></CopyObjectResult>",
        "<CopyObjectResult><ChecksumSHA256>none</ChecksumSHA256></CopyObjectResult>",
        "<html>Welcome</html>",
        "<Error><Code>AccessDenied</Code></Error>",
        "nothing of S3",
      })
  void doesNotTrustAnotherAnswer(String body) throws IOException {
    Places places = embedded();
    StoredFile file = places.put(BLOCK);
    places
        .proxy()
        .when(
            ServerCopyTest::isCopy,
            Fault.rewrite(done -> done.with(body.getBytes(StandardCharsets.UTF_8))));
    assertThrows(CopyUnsupportedException.class, () -> places.copy(file));
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 403, 405, 501, 503})
  void saysThatTheServerRefusesCopies(int status) throws IOException {
    Places places = embedded();
    StoredFile file = places.put(BLOCK);
    places.proxy().when(ServerCopyTest::isCopy, Fault.status(status));
    assertUnsupported(places, file, "the server answered " + status);
    assertTrue(places.copied().isEmpty());
  }

  private static void assertUnsupported(Places places, StoredFile file, String why) {
    CopyUnsupportedException failure =
        assertThrows(CopyUnsupportedException.class, () -> places.copy(file));
    assertTrue(String.valueOf(failure.getMessage()).contains(why), failure::toString);
  }

  @Test
  void needsOneServer() throws IOException {
    Places places = embedded();
    StoredFile file = places.put(BLOCK);
    try (EmbeddedS3 another = EmbeddedS3.withConditions();
        BucketStorage elsewhere = BucketScenario.in(another, folder).open()) {
      assertFalse(elsewhere.isOnServerOf(places.source()));
      assertTrue(places.source().isOnServerOf(places.target()));
    }
    assertTrue(places.source().find(file.name()).isPresent());
  }
}

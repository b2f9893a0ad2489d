package io.parsecbackup.objectstore.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.Problem;
import io.parsecbackup.repository.storage.Content;
import io.parsecbackup.repository.storage.NewFile;
import io.parsecbackup.repository.storage.RemoteStorageException;
import io.parsecbackup.testing.EmbeddedS3;
import io.parsecbackup.testing.Fault;
import io.parsecbackup.testing.FaultyProxy;
import io.parsecbackup.testing.S3Request;
import io.parsecbackup.testing.S3Response;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BucketTrialTest {

  private static final EmbeddedS3 SERVER = EmbeddedS3.withConditions();

  @TempDir Path folder;

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  @Test
  void acceptsASuitableServerWithoutADeletion() throws IOException {
    BucketScenario scenario = BucketScenario.in(SERVER, folder);
    try (FaultyProxy proxy = FaultyProxy.before(SERVER.endpoint());
        BucketStorage storage = scenario.through(proxy.endpoint()).open()) {
      proxy.when(request -> request.method().equals("DELETE"), Fault.status(403));
      storage.probe();
      storage.probe();
      BucketCapabilities found = storage.capabilities();
      assertTrue(found.multipart());
      assertTrue(found.conditionalMultipart());
      assertEquals(List.of("tmp"), storage.children(""));
      assertEquals(List.of("probe"), storage.children("tmp"));
    }
  }

  @Test
  void refusesAServerWithoutConditions() {
    try (EmbeddedS3 other = EmbeddedS3.open();
        BucketStorage storage = BucketScenario.in(other, folder).open()) {
      Problem refused = assertThrows(Problem.class, storage::probe);
      assertEquals(Problem.Kind.REPOSITORY, refused.kind());
      assertTrue(
          String.valueOf(refused.getMessage()).contains("does not support conditional writes"));
    }
  }

  @Test
  void refusesAServerThatIgnoresAConditionOrARange() {
    S3Response done = new S3Response(200, List.of(Map.entry("ETag", "\"0123\"")), new byte[0]);
    assertRefused(request -> request.header("If-None-Match").isPresent(), done, "If-None-Match");
    assertRefused(request -> request.header("If-Match").isPresent(), done, "If-Match");
    assertRefused(
        request -> request.header("Range").isPresent(),
        new S3Response(
            206,
            List.of(Map.entry("ETag", "\"0123\""), Map.entry("Content-Range", "bytes 2-6/100")),
            "wrong".getBytes(StandardCharsets.UTF_8)),
        "Range");
  }

  @Test
  void refusesAServerThatIgnoresThePrefixOfAListing() throws IOException {
    BucketScenario scenario = BucketScenario.in(SERVER, folder);
    try (FaultyProxy proxy = FaultyProxy.before(SERVER.endpoint());
        BucketStorage storage = scenario.through(proxy.endpoint()).open()) {
      ignorePrefixes(proxy);
      Problem refused = assertThrows(Problem.class, storage::probe);
      assertTrue(
          String.valueOf(refused.getMessage()).contains("the parameter prefix"),
          refused::getMessage);
    }
  }

  @Test
  void deletesAndShowsNothingIfTheServerIgnoresThePrefixOfAListing() throws IOException {
    BucketScenario scenario = BucketScenario.in(SERVER, folder);
    try (FaultyProxy proxy = FaultyProxy.before(SERVER.endpoint());
        BucketStorage storage = scenario.through(proxy.endpoint()).open()) {
      for (String name : List.of("backups/1/a", "conflicts/K/b", "objects/K")) {
        storage.put(NewFile.replacing(name, Content.of(new byte[1])));
      }
      ignorePrefixes(proxy);
      storage.list("").forEachRemaining(file -> {});
      assertThrows(RemoteStorageException.class, () -> storage.deleteTree("conflicts/K"));
      assertThrows(RemoteStorageException.class, () -> storage.children("conflicts"));
      assertThrows(RemoteStorageException.class, () -> storage.children(""));
      assertEquals(0, proxy.count(S3Request.Kind.DELETE_OBJECT));
    }
  }

  /** Each listing is answered as the first one, which has all files. */
  private static void ignorePrefixes(FaultyProxy proxy) {
    AtomicReference<Optional<S3Response>> all = new AtomicReference<>(Optional.empty());
    proxy.when(
        S3Request.Kind.LIST,
        Fault.rewrite(
            answer -> all.updateAndGet(first -> Optional.of(first.orElse(answer))).orElseThrow()));
  }

  private void assertRefused(Predicate<S3Request> requests, S3Response answer, String named) {
    BucketScenario scenario = BucketScenario.in(SERVER, folder);
    try (FaultyProxy proxy = FaultyProxy.before(SERVER.endpoint());
        BucketStorage storage = scenario.through(proxy.endpoint()).open()) {
      proxy.when(requests, new Fault.Answer(answer));
      Problem refused = assertThrows(Problem.class, storage::probe);
      assertTrue(String.valueOf(refused.getMessage()).contains(named), refused::getMessage);
    }
  }

  @Test
  void saysWhatItCannotFindOutAboutTheProtection() throws IOException {
    BucketScenario scenario = BucketScenario.in(SERVER, folder);
    try (FaultyProxy proxy = FaultyProxy.before(SERVER.endpoint());
        BucketStorage storage = scenario.through(proxy.endpoint()).open()) {
      proxy.when(request -> request.target().contains("versioning"), Fault.status(403));
      proxy.when(
          request -> request.target().contains("object-lock"),
          new Fault.Answer(
              new S3Response(
                  200,
                  List.of(),
                  """
                  <ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule>
                  <DefaultRetention><Mode>COMPLIANCE</Mode><Days>30</Days></DefaultRetention>
                  </Rule></ObjectLockConfiguration>\
                  """
                      .getBytes(StandardCharsets.UTF_8))));
      BucketProtection protection = storage.protection();
      assertEquals(1, protection.notes().size());
      assertTrue(protection.notes().getFirst().contains("s3:GetBucketVersioning"));
      assertEquals(30, protection.lock().orElseThrow().days());
      assertEquals("COMPLIANCE", protection.lock().orElseThrow().mode().orElseThrow());
    }
  }
}

package io.parsecbackup.objectstore.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.Problem;
import io.parsecbackup.objectstore.content.Bandwidth;
import io.parsecbackup.objectstore.content.Payload;
import io.parsecbackup.objectstore.fetch.FetchScenario;
import io.parsecbackup.parsec.Blockstore;
import io.parsecbackup.repository.storage.Sha256;
import io.parsecbackup.testing.Content;
import io.parsecbackup.testing.ForwardProxy;
import io.parsecbackup.testing.TestCertificate;
import io.parsecbackup.testing.TlsFront;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/** A proxy between the program and the object store, through which all requests pass. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class ProxyTest {

  private static final String CREDENTIALS = "some one:pa:ss%wo@rd";
  private static final String IN_A_URL = "some%20one:pa%3Ass%25wo%40rd";
  private static final Vertx VERTX = Vertx.vertx();

  @TempDir Path folder;
  private FetchScenario scenario;
  private ForwardProxy proxy;

  @BeforeEach
  void open() {
    scenario = new FetchScenario(folder);
    scenario.fill(5);
    proxy = ForwardProxy.open(Optional.of(CREDENTIALS));
  }

  @AfterEach
  void close() {
    proxy.close();
    scenario.close();
  }

  private void through(Map<String, String> environment) {
    through(environment, Optional.empty());
  }

  private void through(Map<String, String> environment, Optional<CaBundle> caBundle) {
    scenario.clients = new S3Clients(caBundle, environment, VERTX, FetchScenario.SILENCE);
    scenario.retries = Retries.ONCE_MORE;
  }

  private String url(String credentials) {
    return "http://" + credentials + "@127.0.0.1:" + proxy.port();
  }

  @Test
  void isUsedForPlainHttp() throws IOException {
    through(Map.of("http_proxy", url(IN_A_URL)));
    scenario.fetcher().checkReachable(scenario.blockstore());
    scenario.sync();
    scenario.assertHoldsTheBucket();
    assertEquals(scenario.proxy.requests().size(), proxy.requests().size());
    assertTrue(
        proxy.requests().stream()
            .allMatch(line -> line.startsWith("GET " + scenario.proxy.endpoint() + "/parsec")),
        proxy.requests().toString());
  }

  @Test
  void tunnelsTls() throws Exception {
    TestCertificate certificate = TestCertificate.make(folder, "server", "localhost");
    Optional<CaBundle> bundle =
        CaBundle.fromEnvironment(Map.of("AWS_CA_BUNDLE", certificate.certificate().toString()));
    try (TlsFront front = TlsFront.before(scenario.s3.endpoint(), certificate)) {
      through(Map.of("HTTPS_PROXY", url(IN_A_URL)), bundle);
      Blockstore.S3 plain = scenario.blockstore();
      scenario.sync(
          new Blockstore.S3(
              Optional.of("https://localhost:" + front.port()),
              plain.region(),
              plain.bucket(),
              plain.accessKey(),
              plain.secretKey()));
      scenario.assertHoldsTheBucket();
      assertTrue(proxy.requests().contains("CONNECT localhost:" + front.port()));
    }
  }

  @Test
  void isBypassedForHostsInNoProxy() throws IOException {
    through(Map.of("http_proxy", url(IN_A_URL), "no_proxy", "example.org, 127.0.0.1"));
    scenario.sync();
    scenario.assertHoldsTheBucket();
    assertEquals(0, proxy.requests().size());
  }

  @Test
  void isNamedWithoutItsPasswordIfItRefusesARequest() {
    through(Map.of("http_proxy", url("nobody:secret-word")));
    assertNamed(assertThrows(Problem.class, scenario::sync), "407");
  }

  @Test
  void isNamedIfItDoesNotAnswer() {
    through(Map.of("http_proxy", url("nobody:secret-word")));
    proxy.close();
    assertNamed(assertThrows(Problem.class, scenario::sync), "refused");
    assertNamed(
        assertThrows(Problem.class, () -> scenario.fetcher().checkReachable(scenario.blockstore())),
        "refused");
  }

  @Test
  void isNamedIfItRefusesATunnel() {
    through(Map.of("https_proxy", url("nobody:secret-word")));
    Blockstore.S3 plain = scenario.blockstore();
    Blockstore.S3 secure =
        new Blockstore.S3(
            Optional.of("https://localhost:1"),
            plain.region(),
            plain.bucket(),
            plain.accessKey(),
            plain.secretKey());
    assertNamed(assertThrows(Problem.class, () -> scenario.sync(secure)), "407");
  }

  @Test
  void isUsedForUploadsToo() {
    through(Map.of("http_proxy", url(IN_A_URL)));
    byte[] bytes = Content.generated("up", 1, 100_000).bytes();
    MessageDigest digest = Sha256.digest();
    digest.update(bytes);
    Payload payload = new Payload.InMemory(bytes, Sha256.hex(digest), Content.md5(bytes));
    try (ObjectTransfer transfer =
        new HttpTransfer(
            scenario.clients.open(scenario.blockstore(), 1),
            Runnable::run,
            Bandwidth.of(OptionalLong.empty()))) {
      transfer.put("up", payload, false).await().atMost(Duration.ofSeconds(20));
    }
    assertEquals(Content.md5(bytes), scenario.bucket.object("up").orElseThrow().content().md5());
    assertEquals(1, proxy.requests().size());
  }

  private void assertNamed(Problem problem, String why) {
    String text = String.valueOf(problem.getMessage());
    assertTrue(text.contains("through the proxy http://127.0.0.1:" + proxy.port()), text);
    assertTrue(text.contains(why), text);
    for (Throwable part = problem; part != null; part = part.getCause()) {
      assertFalse(part.toString().contains("secret-word"), part.toString());
    }
  }
}

package io.parsecbackup.objectstore.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.Problem;
import io.parsecbackup.testing.TestCertificate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class CaBundleTest {

  private static final String DAMAGED =
      "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";

  @TempDir static Path folder;
  private static TestCertificate first;
  private static TestCertificate second;

  @BeforeAll
  static void make() throws Exception {
    first = TestCertificate.make(folder, "first", "localhost");
    second = TestCertificate.make(folder, "second", "localhost");
  }

  private static CaBundle bundle(Path file) {
    return CaBundle.fromEnvironment(Map.of("AWS_CA_BUNDLE", file.toString())).orElseThrow();
  }

  @Test
  void isAbsentIfTheVariableIsNotSet() {
    assertEquals(Optional.empty(), CaBundle.fromEnvironment(Map.of()));
    assertEquals(Optional.empty(), CaBundle.fromEnvironment(Map.of("AWS_CA_BUNDLE", " ")));
  }

  @Test
  void readsEveryCertificateAndIgnoresTextBetweenThem() throws IOException {
    String text =
        "0 a comment - with signs\r\n"
            + Files.readString(first.certificate()).replace("\n", "\r\n")
            + "\n# Ünother\n"
            + Files.readString(second.certificate())
            + "end";
    CaBundle bundle = bundle(Files.writeString(folder.resolve("both.pem"), text));
    X509TrustManager[] managers = bundle.trustManagers();
    assertEquals(1, managers.length);
    assertEquals(2, managers[0].getAcceptedIssuers().length);
    assertEquals("CaBundle[" + bundle.file() + ", 2 certificates]", bundle.toString());
  }

  @Test
  void makesATlsClientTrustOnlyTheseAuthorities() throws Exception {
    handshake(bundle(first.certificate()));
    CaBundle other = bundle(second.certificate());
    assertThrows(SSLException.class, () -> handshake(other));
  }

  /** Connects a client that trusts the bundle to a server with the first certificate. */
  private static void handshake(CaBundle bundle) throws Exception {
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(first.store(), TestCertificate.PASSWORD.toCharArray());
    SSLContext serving = SSLContext.getInstance("TLS");
    serving.init(keys.getKeyManagers(), null, null);
    SSLContext asking = SSLContext.getInstance("TLS");
    asking.init(null, bundle.trustManagers(), null);
    try (SSLServerSocket server =
            (SSLServerSocket) serving.getServerSocketFactory().createServerSocket(0);
        SSLSocket client = (SSLSocket) asking.getSocketFactory().createSocket()) {
      CompletableFuture<Void> answer =
          CompletableFuture.runAsync(() -> {
            try (SSLSocket peer = (SSLSocket) server.accept()) {
              peer.startHandshake();
            } catch (IOException refused) {
              // The client reports what happened.
            }
          });
      client.connect(server.getLocalSocketAddress());
      client.startHandshake();
      answer.join();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "missing.pem, does not exist",
    ".,           is not a file",
    "empty.pem,   has no certificate",
    "first.key,   has no certificate",
    "damaged.pem, has a damaged certificate at position 2"
  })
  void namesTheFileAndTheVariableIfTheFileCannotBeUsed(String name, String expected)
      throws IOException {
    Files.writeString(folder.resolve("empty.pem"), "");
    Files.write(
        folder.resolve("damaged.pem"), List.of(Files.readString(first.certificate()), DAMAGED));
    Path file = folder.resolve(name);
    Problem problem = assertThrows(Problem.class, () -> bundle(file));
    String message = String.valueOf(problem.getMessage());
    assertEquals(Problem.Kind.CONFIGURATION, problem.kind());
    assertTrue(message.startsWith("AWS_CA_BUNDLE names " + file + ", which " + expected), message);
  }
}

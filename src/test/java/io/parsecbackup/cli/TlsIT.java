package io.parsecbackup.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.testing.PackagedProgram.Ended;
import io.parsecbackup.testing.ParsecData;
import io.parsecbackup.testing.ParsecStack;
import io.parsecbackup.testing.TestCertificate;
import io.parsecbackup.testing.TreeComparison;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An object store and a database whose certificates no public authority has signed. */
class TlsIT {

  @TempDir static Path folder;
  private static ParsecStack stack;
  private static SSLServerSocket front;

  @BeforeAll
  static void start() throws Exception {
    stack = ParsecStack.start(ParsecData.Spec.of(20, 4096));
    TestCertificate certificate = TestCertificate.make(folder, "server", "localhost");
    TestCertificate.make(folder, "other", "localhost");
    front = listen(certificate.store());
    Thread.ofVirtual().start(() -> accept(stack.s3().endpoint()));
    stack.database().encrypt(certificate);
  }

  @AfterAll
  static void stop() throws IOException {
    front.close();
    stack.close();
  }

  private static SSLServerSocket listen(KeyStore store) throws Exception {
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(store, TestCertificate.PASSWORD.toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return (SSLServerSocket) context.getServerSocketFactory().createServerSocket(0);
  }

  /** Takes the encryption off and passes the rest on. */
  private static void accept(URI server) {
    while (!front.isClosed()) {
      try {
        Socket client = front.accept();
        Socket upstream = new Socket(server.getHost(), server.getPort());
        Thread.ofVirtual().start(() -> pass(client, upstream));
        Thread.ofVirtual().start(() -> pass(upstream, client));
      } catch (IOException closing) {
        return;
      }
    }
  }

  private static void pass(Socket from, Socket to) {
    try (from;
        to) {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException gone) {
      // One of the two has closed: now both have.
    }
  }

  /** With the bucket in the clear: of TLS the database alone speaks. */
  private static Place verifying(String certificate) {
    return Place.of(stack, folder.resolve("proven by " + certificate))
        .with(
            "PARSEC_DB",
            stack.databaseUri().replace("@127.0.0.1:", "@localhost:")
                + "?sslmode=verify-full&sslrootcert="
                + folder.resolve(certificate));
  }

  private static Place place(String name) {
    return Place.of(stack, folder.resolve(name))
        .with("PARSEC_BLOCKSTORE", stack.blockstore("https://localhost:" + front.getLocalPort()));
  }

  @Test
  void trustsTheAuthorityOfTheBundle() {
    Place place = place("trusted").with("AWS_CA_BUNDLE", folder.resolve("server.crt").toString());
    Ended run = place.run("backup");
    assertEquals(0, run.exitCode(), run.all());
    assertTrue(TreeComparison.of(place.objects(), stack.bucket()).isExact());
  }

  @Test
  void failsClearlyWithoutIt() {
    Ended run = place("untrusted").run("backup");
    assertEquals(1, run.exitCode(), run.all());
    assertTrue(run.stderr().contains("cannot be listed"), run.stderr());
    assertTrue(run.stderr().contains("certification path"), run.stderr());
    assertTrue(run.stderr().contains("AWS_CA_BUNDLE"), run.stderr());
  }

  @Test
  void trustsTheCertificateThatTheDatabasesUriNames() {
    Ended run = verifying("server.crt").run("backup");
    assertEquals(0, run.exitCode(), run.all());
  }

  @Test
  void leavesADatabaseWithAnotherCertificateAlone() {
    Ended run = verifying("other.crt").run("backup");
    assertEquals(1, run.exitCode(), run.all());
    assertTrue(run.stderr().contains("cannot be reached by TLS"), run.stderr());
    assertTrue(run.stderr().contains("signature check failed"), run.stderr());
  }
}

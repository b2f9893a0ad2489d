package io.parsecbackup.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.testing.PackagedProgram.Ended;
import io.parsecbackup.testing.ParsecData;
import io.parsecbackup.testing.ParsecStack;
import io.parsecbackup.testing.TreeComparison;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An object store whose certificate is signed by an authority of its own. */
class TlsIT {

  private static final String PASSWORD = "changeit";

  @TempDir static Path folder;
  private static ParsecStack stack;
  private static SSLServerSocket front;

  @BeforeAll
  static void start() throws Exception {
    stack = ParsecStack.start(ParsecData.Spec.of(20, 4096));
    Path store = folder.resolve("server.p12");
    keytool(
        store,
        "-genkeypair",
        "-keyalg",
        "EC",
        "-dname",
        "CN=localhost",
        "-ext",
        "bc=ca:true",
        "-ext",
        "san=dns:localhost",
        "-storetype",
        "PKCS12");
    keytool(store, "-exportcert", "-rfc", "-file", folder.resolve("ca.pem").toString());
    front = listen(store);
    Thread.ofVirtual().start(() -> accept(stack.s3().endpoint()));
  }

  @AfterAll
  static void stop() throws IOException {
    front.close();
    stack.close();
  }

  private static void keytool(Path store, String... arguments) throws Exception {
    java.util.List<String> command = new java.util.ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(java.util.List.of(arguments));
    command.addAll(
        java.util.List.of("-alias", "k", "-storepass", PASSWORD, "-keystore", store.toString()));
    Shell.Result result = Shell.with(folder, java.util.Map.of(), command);
    assertEquals(0, result.exitCode(), result.output());
  }

  private static SSLServerSocket listen(Path file) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, PASSWORD.toCharArray());
    }
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(store, PASSWORD.toCharArray());
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

  private static Place place(String name) {
    return Place.of(stack, folder.resolve(name))
        .with("PARSEC_BLOCKSTORE", stack.blockstore("https://localhost:" + front.getLocalPort()));
  }

  @Test
  void trustsTheAuthorityOfTheBundle() {
    Place place = place("trusted").with("AWS_CA_BUNDLE", folder.resolve("ca.pem").toString());
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
}

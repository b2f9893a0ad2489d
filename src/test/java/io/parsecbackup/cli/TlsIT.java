package io.parsecbackup.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.testing.PackagedProgram.Ended;
import io.parsecbackup.testing.ParsecData;
import io.parsecbackup.testing.ParsecStack;
import io.parsecbackup.testing.TestCertificate;
import io.parsecbackup.testing.TlsFront;
import io.parsecbackup.testing.TreeComparison;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An object store and a database with certificates that no public authority has signed. */
class TlsIT {

  @TempDir static Path folder;
  private static ParsecStack stack;
  private static TlsFront front;

  @BeforeAll
  static void start() throws Exception {
    stack = ParsecStack.start(ParsecData.Spec.of(20, 4096));
    TestCertificate certificate = TestCertificate.make(folder, "server", "localhost");
    TestCertificate.make(folder, "other", "localhost");
    front = TlsFront.before(stack.s3().endpoint(), certificate);
    stack.database().encrypt(certificate);
  }

  @AfterAll
  static void stop() {
    front.close();
    stack.close();
  }

  /** With plain HTTP to the bucket: only the database uses TLS. */
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
        .with("PARSEC_BLOCKSTORE", stack.blockstore("https://localhost:" + front.port()));
  }

  @Test
  void trustsTheAuthoritiesOfTheBundle() {
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
  void trustsTheCertificateThatTheDatabaseUriNames() {
    Ended run = verifying("server.crt").run("backup");
    assertEquals(0, run.exitCode(), run.all());
  }

  @Test
  void refusesADatabaseWithAnotherCertificate() {
    Ended run = verifying("other.crt").run("backup");
    assertEquals(1, run.exitCode(), run.all());
    assertTrue(run.stderr().contains("cannot be reached by TLS"), run.stderr());
    assertTrue(run.stderr().contains("signature check failed"), run.stderr());
  }
}

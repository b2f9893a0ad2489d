package io.parsecbackup.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.parsecbackup.testing.Image;
import io.parsecbackup.testing.PackagedProgram;
import io.parsecbackup.testing.ParsecData;
import io.parsecbackup.testing.ParsecStack;
import io.parsecbackup.testing.PgDump;
import io.parsecbackup.testing.Tool;
import io.parsecbackup.testing.TreeComparison;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Builds and runs the JVM image: as a user that the image does not know, without capabilities, on a
 * read-only root file system.
 */
class ContainerIT {

  @TempDir static Path scratch;
  private static ParsecStack stack;
  private static Image image;

  @BeforeAll
  static void build() throws Exception {
    for (String tool : List.of("buildah", "debootstrap", "unshare")) {
      new Tool(tool).assumeInstalled();
    }
    assumeFalse(PackagedProgram.isNative(), "a native binary was built, and no jar");
    assumeTrue(Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0), "not root");
    Path repository = Files.createDirectory(scratch.resolve("repository"));
    Files.setAttribute(repository, "unix:uid", Image.UID);
    image = Image.build(Path.of("target", "image"), repository);
    stack = ParsecStack.start(ParsecData.Spec.of(40, 4096)).allowDatabases();
  }

  @AfterAll
  static void stop() {
    if (stack != null) {
      stack.close();
    }
  }

  private static Map<String, String> environment() {
    Map<String, String> environment = new TreeMap<>(stack.environment());
    environment.put("PARSEC_BACKUP_REPOSITORY", "/backups");
    return environment;
  }

  @Test
  void backsUpVerifiesAndRestores() throws Exception {
    assertEnds(0, image.run(environment(), "doctor"));
    assertEnds(0, image.run(environment(), "backup"));
    assertTrue(TreeComparison.of(image.repository().resolve("objects"), stack.bucket()).isExact());
    assertEnds(0, image.run(environment(), "verify"));
    assertEnds(0, image.run(environment(), "drill"));

    ParsecStack.Target target = stack.target("from-the-image");
    Map<String, String> environment = environment();
    environment.put("PARSEC_DB", target.databaseUri());
    environment.put("PARSEC_BLOCKSTORE", target.blockstore());
    assertEnds(0, image.run(environment, "restore"));
    assertEquals(stack.bucket().list(), target.bucket().list());
    assertEquals(PgDump.text(stack.databaseUri()), PgDump.text(target.databaseUri()));
  }

  @Test
  void theServiceIsHealthyAndStopsOnRequest() throws Exception {
    Map<String, String> environment = environment();
    environment.put("PARSEC_BACKUP_SCHEDULE", "off");
    try (ServerSocket free = new ServerSocket(0)) {
      environment.put("QUARKUS_HTTP_PORT", Integer.toString(free.getLocalPort()));
    }
    assertTrue(image.check(environment).exitCode() != 0, "the service does not listen yet");
    Process service = image.start(environment);
    try {
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> !service.isAlive() || image.check(environment).exitCode() == 0);
      service.children().forEach(ProcessHandle::destroy);
      assertTrue(service.waitFor(30, TimeUnit.SECONDS), "the service does not stop");
      String output = new String(service.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertEquals(0, service.exitValue(), output);
    } finally {
      service.destroyForcibly();
    }
  }

  private static void assertEnds(int exitCode, Image.Ended ended) {
    assertEquals(exitCode, ended.exitCode(), ended.output());
  }
}

package io.parsecbackup.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.testing.Tool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** systemd takes the units, and gives the services little. */
class SystemdTest {

  private static final Path FOLDER = Path.of("deploy", "systemd");

  /** Of 100, which is a service that may do anything. */
  private static final int MOST_EXPOSED = 20;

  @TempDir Path scratch;

  @Test
  void systemdTakesTheUnits() throws Exception {
    Tool systemd = new Tool("systemd-analyze").assumed();
    // It asks whether the program is there.
    Path program = Files.writeString(scratch.resolve("parsec-backup"), "#!/bin/sh\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    try (Stream<Path> units = Files.list(FOLDER).filter(SystemdTest::isUnit)) {
      for (Path unit : units.toList()) {
        Files.writeString(
            scratch.resolve(unit.getFileName()),
            Files.readString(unit).replace("/usr/local/bin/parsec-backup", program.toString()));
      }
    }
    for (String unit :
        List.of(
            "parsec-backup.service", "parsec-backup-once.service", "parsec-backup-once.timer")) {
      assertEquals("", systemd.run("verify", scratch.resolve(unit).toString()));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"parsec-backup.service", "parsec-backup-once.service"})
  void theServicesMayLittle(String unit) throws Exception {
    new Tool("systemd-analyze")
        .assumed()
        .run(
            "security",
            "--offline=true",
            "--threshold=" + MOST_EXPOSED,
            FOLDER.resolve(unit).toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"parsec-backup.service", "parsec-backup-once.service"})
  void namesFilesInUtf8ForTheirOwnerAlone(String unit) throws Exception {
    String text = Files.readString(FOLDER.resolve(unit));
    assertTrue(text.contains("LANG=C.UTF-8"), text);
    assertTrue(text.contains("UMask=0077"), text);
    assertTrue(text.contains("EnvironmentFile=/etc/parsec-backup/environment"), text);
  }

  private static boolean isUnit(Path file) {
    return file.toString().endsWith(".service") || file.toString().endsWith(".timer");
  }
}

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

/** systemd accepts the units, and the services have few rights. */
class SystemdTest {

  private static final Path FOLDER = Path.of("deploy", "systemd");

  /** On systemd's scale from 0 to 100, which is a service without any restriction. */
  private static final int MOST_EXPOSED = 20;

  @TempDir Path scratch;

  @Test
  void systemdAcceptsTheUnits() throws Exception {
    Tool systemd = new Tool("systemd-analyze").assumeInstalled();
    // systemd-analyze checks that the program exists.
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
  void theServicesHaveFewRights(String unit) throws Exception {
    new Tool("systemd-analyze")
        .assumeInstalled()
        .run(
            "security",
            "--offline=true",
            "--threshold=" + MOST_EXPOSED,
            FOLDER.resolve(unit).toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"parsec-backup.service", "parsec-backup-once.service"})
  void filesHaveUtf8NamesAndOnlyTheirOwnerCanReadThem(String unit) throws Exception {
    String text = Files.readString(FOLDER.resolve(unit));
    assertTrue(text.contains("LANG=C.UTF-8"), text);
    assertTrue(text.contains("UMask=0077"), text);
    assertTrue(text.contains("EnvironmentFile=/etc/parsec-backup/environment"), text);
  }

  private static boolean isUnit(Path file) {
    return file.toString().endsWith(".service") || file.toString().endsWith(".timer");
  }
}

package io.parsecbackup.cli.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.parsecbackup.testing.ProgramSettings;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class UnknownVariablesTest {

  @Test
  void namesMisspeltVariables() {
    assertEquals(
        List.of("PARSEC_BACKUP_REPOSITROY", "PARSEC_BACKUP_SCHEDUL"),
        UnknownVariables.among(
            List.of(
                "PARSEC_BACKUP_SCHEDUL",
                "PARSEC_BACKUP_REPOSITROY",
                "PARSEC_BACKUP_SCHEDULE",
                "PARSEC_DB",
                "PATH")));
  }

  @Test
  void knowsEverySettingOfTheProgram() {
    Set<String> settings = new TreeSet<>(ProgramSettings.variables());
    settings.add("PARSEC_BACKUP_DRILL_DATABASE");
    assertEquals(List.of(), UnknownVariables.among(settings));
  }

  @Test
  void ignoresVariablesThatAreRefusedByName() {
    assertEquals(
        List.of("PARSEC_BACKUP_ENCRYPTION_RECIPIENTS_X"),
        UnknownVariables.among(
            List.of(
                "PARSEC_BACKUP_RETENTION_KEEP_LAST",
                "PARSEC_BACKUP_ENCRYPTION_RECIPIENTS",
                "PARSEC_BACKUP_ENCRYPTION_RECIPIENTS_0_",
                "PARSEC_BACKUP_ENCRYPTION_RECIPIENTS_X")));
  }

  @Test
  void ignoresWhatKubernetesSetsForServicesOfOurName() {
    assertEquals(
        List.of(),
        UnknownVariables.among(
            List.of(
                "PARSEC_BACKUP_SERVICE_HOST",
                "PARSEC_BACKUP_SERVICE_PORT",
                "PARSEC_BACKUP_SERVICE_PORT_HTTP",
                "PARSEC_BACKUP_PORT",
                "PARSEC_BACKUP_PORT_8080_TCP",
                "PARSEC_BACKUP_PORT_8080_TCP_ADDR",
                "PARSEC_BACKUP_METRICS_SERVICE_HOST",
                "PARSEC_BACKUP_METRICS_SERVICE_PORT",
                "PARSEC_BACKUP_METRICS_PORT",
                "PARSEC_BACKUP_METRICS_PORT_9090_TCP_PROTO")));
    assertEquals(
        List.of("PARSEC_BACKUP_HTTP_PORT"),
        UnknownVariables.among(List.of("PARSEC_BACKUP_HTTP_PORT")));
  }
}

package io.parsecbackup.cli.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.parsecbackup.testing.ProgramSettings;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The list matches the settings in their own classes. */
class KnownSettingsTest {

  private static String variable(String key) {
    return "PARSEC_BACKUP_" + key.toUpperCase(java.util.Locale.ROOT).replaceAll("[.-]", "_");
  }

  @Test
  void namesEverySettingAndNoOther() {
    Set<String> there =
        ProgramSettings.variables().stream()
            .filter(name -> name.startsWith("PARSEC_BACKUP_"))
            .collect(Collectors.toCollection(TreeSet::new));
    there.add("PARSEC_BACKUP_DRILL_DATABASE");
    assertEquals(
        there,
        KnownSettings.DEFAULTS.keySet().stream()
            .map(KnownSettingsTest::variable)
            .collect(Collectors.toCollection(TreeSet::new)));
  }

  @Test
  void knowsTheirDefaults() {
    Map<String, String> said = new TreeMap<>();
    KnownSettings.DEFAULTS.forEach((key, value) -> {
      if (!value.isEmpty()) {
        said.put(variable(key), value);
      }
    });
    assertEquals(new TreeMap<>(ProgramSettings.defaults()), said);
  }
}

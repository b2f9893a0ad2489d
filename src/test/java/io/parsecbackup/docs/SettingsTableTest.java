package io.parsecbackup.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.parsecbackup.cli.RootCommand;
import io.parsecbackup.testing.ProgramSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Command;

/** The settings in docs/operations.md and the commands in the README match the program. */
class SettingsTableTest {

  private static final Pattern VARIABLE = Pattern.compile("`(PARSEC_BACKUP_[A-Z_]+)`");

  /**
   * Not members of a mapping: they may contain a password, which the configuration would change.
   */
  private static final Set<String> READ_OTHERWISE = Set.of("PARSEC_BACKUP_DRILL_DATABASE");

  /** Each variable of the table, with the text in the column of defaults. */
  private static Map<String, String> documented() throws IOException {
    Map<String, String> rows = new TreeMap<>();
    for (String line : Files.readAllLines(Path.of("docs", "operations.md"))) {
      if (!line.startsWith("| `PARSEC_BACKUP_")) {
        continue;
      }
      String[] cells = line.substring(2).split(" \\| ");
      Matcher variable = VARIABLE.matcher(cells[0]);
      while (variable.find()) {
        rows.put(variable.group(1), cells[1]);
      }
    }
    return rows;
  }

  @Test
  void theTableHasExactlyTheSettingsOfTheProgram() throws IOException {
    Set<String> there =
        ProgramSettings.variables().stream()
            .filter(name -> name.startsWith("PARSEC_BACKUP_"))
            .collect(Collectors.toCollection(TreeSet::new));
    there.addAll(READ_OTHERWISE);
    assertEquals(there, documented().keySet());
  }

  @Test
  void theTableHasTheRightDefaults() throws IOException {
    Map<String, String> said = documented();
    ProgramSettings.defaults()
        .forEach(
            (variable, value) -> assertEquals("`" + value + "`", said.get(variable), variable));
  }

  @Test
  void theReadmeNamesEveryCommand() throws IOException {
    String readme = Files.readString(Path.of("README.md"));
    String section = readme.substring(readme.indexOf("## Commands and exit codes"));
    Set<String> named =
        Pattern.compile("`([a-z]+)(?: \\[[A-Z]+\\])?`")
            .matcher(section.substring(0, section.indexOf("; each takes")))
            .results()
            .map(found -> found.group(1))
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> visible =
        RootCommand.COMMANDS.stream()
            .map(command -> command.getAnnotation(Command.class).name())
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(visible, named);
  }
}

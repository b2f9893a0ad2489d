package io.parsecbackup.cli;

import io.parsecbackup.Problem;
import io.parsecbackup.backup.Checkup;
import io.parsecbackup.backup.Diagnosis.Health;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Checks everything a backup needs, without taking one. */
@Command(
    name = "doctor",
    description = "Checks configuration, versions, rights, space and reachability of all parties.",
    mixinStandardHelpOptions = true)
public class DoctorCommand implements Callable<Integer> {

  private final StartupCheck check;
  private final Checkup checkup;

  @Mixin Output output;

  public DoctorCommand(StartupCheck check, Checkup checkup) {
    this.check = check;
    this.checkup = checkup;
  }

  @Override
  public Integer call() {
    List<Health> parties = new ArrayList<>();
    parties.add(configuration());
    parties.addAll(checkup.all());
    parties.add(
        Health.note(
            "drill",
            "no backup was ever restored as a trial; this version cannot do it, do it by hand"));
    if (output.isJson()) {
      output.document(Map.of("checks", parties.stream().map(Health::line).toList()));
    } else {
      parties.forEach(party ->
          output.line(
              String.format(
                  Locale.ROOT,
                  "%-6s  %-13s  %s",
                  party.isWell() ? party.state() : "FAILED",
                  party.party(),
                  party.detail())));
    }
    return parties.stream()
        .map(Health::problem)
        .flatMap(Optional::stream)
        .mapToInt(Problem::exitCode)
        .max()
        .orElse(0);
  }

  private Health configuration() {
    try {
      check.run();
      return Health.ok("configuration", "all settings are understood, file names are UTF-8");
    } catch (Problem e) {
      return Health.failed("configuration", e);
    }
  }
}

package io.parsecbackup.cli;

import io.parsecbackup.Counted;
import io.parsecbackup.Problem;
import io.parsecbackup.backup.doctor.CheckResult;
import io.parsecbackup.backup.doctor.Doctor;
import io.parsecbackup.cli.output.Output;
import io.parsecbackup.cli.settings.StartupCheck;
import io.parsecbackup.job.JobKind;
import io.parsecbackup.job.JobResult;
import io.parsecbackup.restore.Drill;
import io.parsecbackup.restore.JobService;
import io.parsecbackup.restore.Verification;
import java.io.IOException;
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
    description =
        "Checks settings, versions, rights, space, and the connections to the database and the"
            + " object store.",
    mixinStandardHelpOptions = true)
public class DoctorCommand implements Callable<Integer> {

  private final StartupCheck check;
  private final Doctor doctor;
  private final JobService jobs;

  @Mixin Output output;

  public DoctorCommand(StartupCheck check, Doctor doctor, JobService jobs) {
    this.check = check;
    this.doctor = doctor;
    this.jobs = jobs;
  }

  @Override
  public Integer call() {
    List<CheckResult> results = new ArrayList<>();
    results.add(configuration());
    misspelt().ifPresent(results::add);
    results.addAll(doctor.all());
    results.add(verification());
    if (doctor.checksDumps()) {
      results.add(drill());
    }
    if (output.isJson()) {
      output.document(Map.of("checks", results.stream().map(CheckResult::line).toList()));
    } else {
      results.forEach(result ->
          output.line(
              String.format(
                  Locale.ROOT,
                  "%-6s  %-13s  %s",
                  result.isHealthy() ? result.state() : "FAILED",
                  result.check(),
                  result.detail())));
    }
    return results.stream()
        .map(CheckResult::problem)
        .flatMap(Optional::stream)
        .mapToInt(Problem::exitCode)
        .max()
        .orElse(0);
  }

  private CheckResult verification() {
    try {
      if (jobs.knowsDamage()) {
        return CheckResult.note(
            "verification",
            "damaged objects are known: run 'backup' to fetch them again, and then 'verify' to"
                + " check what remains");
      }
    } catch (IOException | Problem e) {
      return CheckResult.note(
          "verification", "cannot read the record of known damage: " + e.getMessage());
    }
    return newest(
        "verification",
        Verification.KIND,
        "no backup has been verified yet: run 'verify', or run the service, which does so unless"
            + " parsec.backup.verify.schedule is off");
  }

  private CheckResult drill() {
    return newest(
        "drill",
        Drill.KIND,
        "no drill has run yet: run 'drill', and set parsec.backup.drill.schedule");
  }

  private CheckResult newest(String name, JobKind kind, String never) {
    Optional<JobResult> newest;
    try {
      newest = jobs.history(kind).newestVerdict();
    } catch (IOException | Problem e) {
      return CheckResult.note(name, "cannot read the records: " + e.getMessage());
    }
    if (newest.isEmpty()) {
      return CheckResult.note(name, never);
    }
    JobResult job = newest.get();
    return switch (job.state()) {
      case COMPLETE -> CheckResult.ok(name, "the newest one, " + job.id() + ", found no problems");
      case INCOMPLETE ->
          CheckResult.note(
              name,
              "the newest one, "
                  + job.id()
                  + ", found "
                  + Counted.of(job.findings().size(), "problem")
                  + ": see its report in checks/. After the repair, run '"
                  + kind
                  + "' again");
      case FAILED, RUNNING, CANCELLED ->
          CheckResult.note(
              name,
              "the newest one, "
                  + job.id()
                  + ", failed: "
                  + job.error().orElse("no reason recorded"));
    };
  }

  private CheckResult configuration() {
    try {
      check.run();
      return CheckResult.ok("configuration", "all settings are valid, file names are UTF-8");
    } catch (Problem e) {
      return CheckResult.failed("configuration", e);
    }
  }

  private Optional<CheckResult> misspelt() {
    List<String> unknown = check.unknownVariables();
    return unknown.isEmpty()
        ? Optional.empty()
        : Optional.of(
            CheckResult.note(
                "variables", "unknown settings, without effect: " + String.join(", ", unknown)));
  }
}

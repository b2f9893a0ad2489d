package io.parsecbackup.backup.doctor;

import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.job.DiskFailures;
import io.parsecbackup.repository.storage.Storage;
import io.parsecbackup.repository.storage.StorageCheck;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** Runs the tests of the repository's place. */
final class StorageChecks {

  private StorageChecks() {}

  static List<CheckResult> of(Storage storage) {
    List<CheckResult> found = new ArrayList<>();
    for (StorageCheck check : storage.checks()) {
      found.addAll(run(check, storage.location()));
    }
    return found;
  }

  private static List<CheckResult> run(StorageCheck check, String location) {
    try {
      return check.test().run().stream()
          .map(result ->
              result.isNote()
                  ? CheckResult.note(result.name(), result.detail())
                  : CheckResult.ok(result.name(), result.detail()))
          .toList();
    } catch (IOException e) {
      return List.of(failed(check, location, DiskFailures.read(e)));
    } catch (UncheckedIOException e) {
      return List.of(failed(check, location, DiskFailures.read(e)));
    } catch (Problem e) {
      return List.of(CheckResult.failed(check.name(), e));
    }
  }

  private static CheckResult failed(StorageCheck check, String location, Problem disk) {
    if (disk.kind() != Kind.SPACE) {
      return CheckResult.failed(check.name(), disk);
    }
    return CheckResult.failed(
        check.name(),
        new Problem(
            Kind.SPACE,
            "the file system of "
                + location
                + " accepts no more files: it has no space, no inodes or no quota left. Free some"
                + " space, or move the repository",
            disk));
  }
}

package io.parsecbackup.backup.doctor;

import io.parsecbackup.Counted;
import io.parsecbackup.Problem;
import io.parsecbackup.backup.RepositorySettings;
import io.parsecbackup.copy.CopyIdentity;
import io.parsecbackup.copy.CopySettings;
import io.parsecbackup.job.DiskFailures;
import io.parsecbackup.repository.Repository;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The doctor's checks of the configured copies: one result for each. */
record CopyChecks(RepositorySettings repository, CopySettings copies) {

  private static final String NAME = "copy";

  List<CheckResult> all() {
    List<Repository> places;
    Repository original;
    try {
      places = copies.copies();
      if (places.isEmpty()) {
        return List.of();
      }
      original = repository.repository();
    } catch (Problem e) {
      return List.of(CheckResult.failed(NAME, e));
    }
    List<CheckResult> found = new ArrayList<>();
    places.forEach(place -> found.add(check(original, place)));
    return found;
  }

  private static CheckResult check(Repository original, Repository place) {
    String location = place.location();
    CheckResult content =
        CheckResult.examine(NAME, () -> location + ": " + content(original, place));
    if (!content.isHealthy()) {
      return named(location, content);
    }
    // What the storage does well, and advice about it, is shown for the repository only.
    return StorageChecks.of(place.storage()).stream()
        .filter(result -> !result.isHealthy())
        .findFirst()
        .map(result -> named(location, result))
        .orElse(content);
  }

  /** With the place, if the message does not name it. */
  private static CheckResult named(String place, CheckResult failed) {
    return failed.detail().contains(place)
        ? new CheckResult(NAME, failed.state(), failed.detail(), failed.problem())
        : new CheckResult(NAME, failed.state(), place + ": " + failed.detail(), failed.problem());
  }

  private static String content(Repository original, Repository place) {
    try {
      place.storage().requireUsable();
      new CopyIdentity(original, place).check();
      return place.identity().isEmpty()
          ? "it can be written, and has no copy yet. Run 'copy'"
          : "it can be written, and is a copy of this repository with "
              + Counted.of(place.published().ids().size(), "backup");
    } catch (IOException e) {
      throw DiskFailures.read(e);
    }
  }
}

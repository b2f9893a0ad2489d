package io.parsecbackup.backup.doctor;

import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.job.DiskFailures;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.StorageTrial;
import io.parsecbackup.repository.storage.Folders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** Tests the file system of the repository, and removes the test files. */
final class StorageChecks {

  /** A new block needs one inode, a new organization one more. */
  private static final long FEW_INODES = 100_000;

  private StorageChecks() {}

  static List<CheckResult> of(Repository repository) {
    List<CheckResult> found = new ArrayList<>();
    Path existing = Folders.nearestExisting(repository.root());
    try {
      found.addAll(tried(repository.trial().run(existing)));
    } catch (IOException e) {
      found.add(failed(existing, DiskFailures.read(e)));
    } catch (UncheckedIOException e) {
      found.add(failed(existing, DiskFailures.read(e)));
    } catch (Problem e) {
      found.add(CheckResult.failed("storage", e));
    }
    OptionalLong inodes = FreeInodes.of(existing);
    if (inodes.isPresent()) {
      found.add(inodes(inodes.getAsLong()));
    }
    return found;
  }

  private static List<CheckResult> tried(StorageTrial.Result result) {
    if (result.holder().isPresent()) {
      return List.of(
          CheckResult.note(
              "storage", "not tested, because a run is" + " active: " + result.holder().get()));
    }
    return List.of(
        CheckResult.ok("storage", "a lock, files, folders, flushes and renames work"),
        result.dates()
            ? CheckResult.ok("dates", "the file system stores dates of files")
            : CheckResult.note(
                "dates",
                "the file system refuses dates of files. Backups are not affected; 'aws s3 sync'"
                    + " would copy all objects again"));
  }

  static CheckResult inodes(long free) {
    String detail = free + " inodes free";
    if (free == 0) {
      return CheckResult.failed(
          "inodes",
          new Problem(
              Kind.SPACE,
              "no inode is free, and each object needs one. Move the repository to a file system"
                  + " with more inodes"));
    }
    return free < FEW_INODES
        ? CheckResult.note("inodes", detail + ": each new object needs one")
        : CheckResult.ok("inodes", detail);
  }

  private static CheckResult failed(Path folder, Problem disk) {
    if (disk.kind() != Kind.SPACE) {
      return CheckResult.failed("storage", disk);
    }
    return CheckResult.failed(
        "storage",
        new Problem(
            Kind.SPACE,
            "the file system of "
                + folder
                + " accepts no more files: it has no space, no inodes or no quota left. Free some"
                + " space, or move the repository",
            disk));
  }
}

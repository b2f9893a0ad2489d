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

/** What the doctor tries on the file system of the repository. What it makes there it removes. */
final class StorageChecks {

  /** A new block needs one inode, a new organization one more. */
  private static final long FEW_INODES = 100_000;

  private StorageChecks() {}

  static List<Health> of(Repository repository) {
    List<Health> found = new ArrayList<>();
    Path existing = Folders.nearestExisting(repository.root());
    try {
      found.addAll(tried(repository.trial().run(existing)));
    } catch (IOException e) {
      found.add(failed(existing, DiskFailures.read(e)));
    } catch (UncheckedIOException e) {
      found.add(failed(existing, DiskFailures.read(e)));
    } catch (Problem e) {
      found.add(Health.failed("storage", e));
    }
    OptionalLong inodes = FreeInodes.of(existing);
    if (inodes.isPresent()) {
      found.add(inodes(inodes.getAsLong()));
    }
    return found;
  }

  private static List<Health> tried(StorageTrial.Result result) {
    if (result.holder().isPresent()) {
      return List.of(
          Health.note("storage", "not tried, for a run is at work: " + result.holder().get()));
    }
    return List.of(
        Health.ok("storage", "a lock, files, folders, flushes and renames work"),
        result.dates()
            ? Health.ok("dates", "files keep the date that they are given")
            : Health.note(
                "dates",
                "the file system refuses dates of files. Backups are not affected; 'aws s3 sync'"
                    + " would copy all objects again"));
  }

  static Health inodes(long free) {
    String detail = free + " inodes free";
    if (free == 0) {
      return Health.failed(
          "inodes",
          new Problem(
              Kind.SPACE,
              "no inode is free: each object needs one. Move the repository to a file system that"
                  + " was made with more of them"));
    }
    return free < FEW_INODES
        ? Health.note("inodes", detail + ": each new object needs one")
        : Health.ok("inodes", detail);
  }

  private static Health failed(Path folder, Problem disk) {
    if (disk.kind() != Kind.SPACE) {
      return Health.failed("storage", disk);
    }
    return Health.failed(
        "storage",
        new Problem(
            Kind.SPACE,
            "the file system of "
                + folder
                + " takes no further file: it has no space, no inodes or no quota left. Make room"
                + " there, or move the repository",
            disk));
  }
}

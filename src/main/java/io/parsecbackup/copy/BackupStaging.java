package io.parsecbackup.copy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.Workspace;
import io.parsecbackup.repository.storage.Checksums;
import io.parsecbackup.repository.storage.DigestMismatchException;
import io.parsecbackup.repository.storage.Documents;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.RemoteStorageException;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.repository.storage.SealedJson;
import io.parsecbackup.repository.storage.Sha256;
import io.parsecbackup.repository.storage.UnsafeFileException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Copies the files of backups to scratch and checks them against their digests. */
record BackupStaging(CopySource source, Workspace workspace) {

  /**
   * The files of a backup in the scratch folder of a place, all intact.
   *
   * @param files all but the last two
   * @param checksums the bytes of {@code SHA256SUMS}
   * @param document the bytes of {@code backup.json}
   */
  @SuppressWarnings("ArrayRecordComponent") // nobody compares them
  record Staged(List<StagedFile> files, byte[] checksums, byte[] document) {}

  /**
   * Copies the files of one backup. Reports a damaged one, unless the backup has just been removed.
   *
   * @return empty if it is damaged or removed
   */
  Optional<Staged> stage(RunId id) throws IOException {
    Repository original = source.repository();
    String document = Layout.backupJson(id);
    String sums = Layout.checksums(id);
    Documents documents = new Documents(original.storage());
    String reading = document;
    try {
      byte[] sealed = documents.read(document);
      Optional<ObjectNode> json = SealedJson.open(sealed);
      if (json.isEmpty()) {
        return damaged(id, document, "digest", "the seal in it", "bytes with another seal");
      }
      reading = sums;
      byte[] checksums = documents.read(sums);
      String expected = json.get().path("sha256sums").asText();
      String found = Sha256.of(checksums);
      if (!found.equals(expected)) {
        return damaged(id, sums, "digest", expected, found);
      }
      List<StagedFile> files = new ArrayList<>();
      for (Map.Entry<String, String> named : Checksums.parse(checksums).digestByPath().entrySet()) {
        source.cancellation().throwIfCancelled();
        reading = named.getKey();
        // Refuses a name that leaves the backup.
        if (!Layout.fileOf(id, reading).equals(Layout.segment(id))) {
          files.add(StagedFile.of(original, reading, named.getValue(), workspace));
        }
      }
      return Optional.of(new Staged(files, checksums, sealed));
    } catch (DigestMismatchException e) {
      return damaged(id, reading, "digest", "the published bytes", e.found());
    } catch (NoSuchFileException e) {
      return damaged(id, reading, "lost", "a published file", "no such file");
    } catch (UnsafeFileException e) {
      return damaged(
          id, reading, "unreadable", "a regular file of the backup", String.valueOf(e.getReason()));
    } catch (RemoteStorageException e) {
      source.requireAnswer();
      return damaged(
          id, reading, "unreadable", "a file that can be read", String.valueOf(e.getMessage()));
    }
  }

  private Optional<Staged> damaged(
      RunId id, String name, String problem, String expected, String found) {
    if (source.repository().published().isPublished(id)) {
      source.report().found(name, problem, expected, found);
    }
    return Optional.empty();
  }
}

package io.parsecbackup.copy.plan;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.repository.MissingList;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.Workspace;
import io.parsecbackup.repository.encryption.DecryptionException;
import io.parsecbackup.repository.encryption.Encryption;
import io.parsecbackup.repository.encryption.ReadableFile;
import io.parsecbackup.repository.index.ColumnCodec;
import io.parsecbackup.repository.index.Cursor;
import io.parsecbackup.repository.index.IndexCodec;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.index.RecordStream;
import io.parsecbackup.repository.index.Reference;
import io.parsecbackup.repository.index.ReferenceStream;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.PrivateFiles;
import io.parsecbackup.repository.storage.RunId;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Compares what backups refer to with the index of a place that has their segments.
 *
 * @param encryption reads the lists of the backups, if it has the identity
 */
public record NeededObjects(
    Repository original,
    Repository place,
    Workspace workspace,
    Encryption encryption,
    Cancellation cancellation) {

  /**
   * A file with the keys that a backup refers to, that it does not list as missing, and that the
   * index of the place does not have as of that backup. If the index has lost trust in older
   * records, because a list of removed objects is damaged, these do not count.
   *
   * @param newer files with records that the index will have before the backup is published, as of
   *     that backup: a newer list of removed objects replaces them
   * @return empty if that cannot be known: the backup has no list, or it is encrypted
   * @throws Problem of kind REPOSITORY when a list, or a document with its digest, cannot be read
   */
  public Optional<Path> notThere(RunId id, List<Path> newer) throws IOException {
    try {
      if (areInDump(id)) {
        return Optional.of(write(writer -> {}));
      }
      Optional<ReadableFile> references = list(id, Layout.REFERENCES);
      if (references.isEmpty()) {
        return Optional.empty();
      }
      Optional<ReadableFile> missing = list(id, Layout.MISSING);
      if (missing.isEmpty()) {
        return Optional.of(compare(id, newer, references.get(), Optional.empty()));
      }
      try (MissingList lines = new MissingList(missing.get())) {
        return Optional.of(compare(id, newer, references.get(), Optional.of(lines)));
      }
    } catch (Problem e) {
      if (e.kind() == Kind.CONFIGURATION) {
        return Optional.empty();
      }
      throw e;
    } catch (DecryptionException | UncheckedIOException e) {
      return Optional.empty();
    }
  }

  /** Whether the backup has no objects, because the database has the blocks. */
  private boolean areInDump(RunId id) {
    Optional<ObjectNode> document = original.published().document(id);
    return document
        .filter(json -> json.path("objects").path("strategy").asText().equals("none"))
        .isPresent();
  }

  private Optional<ReadableFile> list(RunId id, String name) {
    return original.files().readable(id, name, encryption);
  }

  private Path compare(RunId id, List<Path> newer, ReadableFile list, Optional<MissingList> lines)
      throws IOException {
    Cursor<MissingList.Line> missing =
        new Cursor<>(
            lines.isPresent() ? lines.get() : Collections.emptyIterator(), MissingList.Line::key);
    try (ReferenceStream references = new ReferenceStream(list);
        RecordStream<IndexRecord> planned = planned(id, newer);
        RecordStream<IndexRecord> known = workspace.known();
        RecordStream<IndexRecord> asOf = place.index().asOf(id, workspace::newFile)) {
      return write(writer -> {
        while (references.hasNext()) {
          cancellation.throwIfCancelled();
          Reference reference = references.next();
          String key = reference.key();
          boolean isTrusted = known.take(key).isPresent();
          Optional<IndexRecord> there = asOf.take(key).filter(entry -> isTrusted);
          boolean isThere = reference.damage(planned.take(key).or(() -> there)).isEmpty();
          boolean isMissing = missing.take(key).isPresent();
          if (!isThere && !isMissing && !isRefused(key)) {
            writer.write(ColumnCodec.KEYS.format(key));
            writer.write('\n');
          }
        }
      });
    }
  }

  private RecordStream<IndexRecord> planned(RunId id, List<Path> newer) throws IOException {
    boolean isTrusted =
        newer.isEmpty()
            || place.index().damagedRemoval().filter(list -> list.compareTo(id) > 0).isEmpty();
    RecordStream<IndexRecord> records =
        RecordStream.merge(IndexCodec.INSTANCE, isTrusted ? newer : List.of());
    try {
      return newer.isEmpty()
          ? records
          : records.without(place.removedObjects().open(id, workspace::newFile));
    } catch (IOException | RuntimeException e) {
      records.close();
      throw e;
    }
  }

  /** Whether the original could not store such an object, so no backup has it. */
  private boolean isRefused(String key) throws IOException {
    return original.objects().textRefusal(key).isPresent()
        || original.objects().refusal(key).isPresent();
  }

  private interface Writing {
    void to(BufferedWriter writer) throws IOException;
  }

  private Path write(Writing writing) throws IOException {
    Path file = workspace.newFile();
    try (BufferedWriter writer = PrivateFiles.newWriter(file)) {
      writing.to(writer);
    }
    return file;
  }
}

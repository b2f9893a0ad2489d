package io.parsecbackup.repository;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parsecbackup.Cancellation;
import io.parsecbackup.repository.index.Segment;
import io.parsecbackup.repository.index.WrittenFiles;
import io.parsecbackup.repository.storage.Checksums;
import io.parsecbackup.repository.storage.ConditionFailedException;
import io.parsecbackup.repository.storage.Content;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.NewFile;
import io.parsecbackup.repository.storage.RepositoryLocks;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.repository.storage.SealedJson;
import io.parsecbackup.repository.storage.Sha256;
import io.parsecbackup.repository.storage.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Publishes the content of a run's scratch folder: it moves and flushes all other files first, and
 * then writes the document that makes them valid.
 */
record Publication(Storage storage, RunId id, RepositoryLocks.Held lock) {

  /** See {@link Workspace#publish}. */
  ObjectNode backup(
      Segment segment, Map<Path, String> files, ObjectNode document, Cancellation cancellation)
      throws IOException {
    WrittenFiles written = new WrittenFiles(storage);
    written.requireObjects(segment, cancellation);
    Map<String, String> digests = new LinkedHashMap<>();
    Map<String, Long> sizes = new LinkedHashMap<>();
    for (Map.Entry<Path, String> file : files.entrySet()) {
      String name = Layout.backup(id) + "/" + file.getKey().getFileName();
      sizes.put(name, Files.size(file.getKey()));
      move(file.getKey(), file.getValue(), name);
      digests.put(name, file.getValue());
    }
    sizes.put(Layout.segment(id), Files.size(segment.file()));
    move(segment.file(), segment.sha256(), Layout.segment(id));
    digests.put(Layout.segment(id), segment.sha256());
    byte[] checksums = new Checksums(digests).toBytes();
    storage.putUnflushed(NewFile.replacing(Layout.checksums(id), Content.of(checksums)));

    sizes.put(Layout.checksums(id), (long) checksums.length);
    storage.flush(cancellation);
    written.require(sizes);

    ObjectNode complete = document.deepCopy();
    complete.put("sha256sums", Sha256.of(checksums));
    byte[] sealed = SealedJson.seal(complete);
    ObjectNode published =
        SealedJson.open(sealed)
            .orElseThrow(() ->
                new IllegalStateException(
                    "a document that was just sealed does not match its seal"));
    try {
      publish(Layout.backupJson(id), sealed);
      written.require(Map.of(Layout.backupJson(id), (long) sealed.length));
    } catch (ConditionFailedException e) {
      // The document of another run, which has revoked this one. It must stay.
      throw e;
    } catch (IOException | RuntimeException | Error e) {
      // The file may already have its name, but a failed run must not appear as a backup. If
      // another run has taken over, it decides.
      try {
        lock.requireHeld();
        storage.delete(Layout.backupJson(id));
      } catch (IOException | RuntimeException stays) {
        e.addSuppressed(stays);
      }
      throw e;
    }
    return published;
  }

  /** See {@link Workspace#publishSegment}. */
  void segment(Segment segment, String kind, Cancellation cancellation) throws IOException {
    WrittenFiles written = new WrittenFiles(storage);
    written.requireObjects(segment, cancellation);
    long size = Files.size(segment.file());
    move(segment.file(), segment.sha256(), Layout.segment(id));
    storage.flush(cancellation);
    written.require(Map.of(Layout.segment(id), size));
    publish(Layout.segmentSeal(id), SealedJson.seal(segment.seal(id, kind)));
  }

  /** See {@link Workspace#makeUpFor}. */
  void makeUpFor(List<RunId> damagedSegments) throws IOException {
    for (RunId segment : damagedSegments) {
      ObjectNode note = JsonNodeFactory.instance.objectNode();
      note.put("segment", segment.text());
      note.put("by", id.text());
      lock.requireHeld();
      storage.put(NewFile.replacing(Layout.madeUpFor(segment), Content.of(SealedJson.seal(note))));
    }
  }

  private void move(Path file, String sha256, String name) throws IOException {
    storage.putUnflushed(NewFile.replacing(name, Content.of(file, sha256)));
  }

  private void publish(String name, byte[] sealed) throws IOException {
    lock.requireHeld();
    storage.put(NewFile.ifAbsent(name, Content.of(sealed)));
  }
}

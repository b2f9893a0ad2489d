package io.parsecbackup.repository;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parsecbackup.Cancellation;
import io.parsecbackup.repository.index.Segment;
import io.parsecbackup.repository.storage.Checksums;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.repository.storage.SealedJson;
import io.parsecbackup.repository.storage.Sha256;
import io.parsecbackup.repository.storage.StableStorage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Publishes the content of a run's scratch folder: it moves and flushes all other files first, and
 * then writes the document that makes them valid.
 */
record Publication(Layout layout, StableStorage storage, RunId id) {

  /** See {@link Workspace#publish}. */
  ObjectNode backup(
      Segment segment, Map<Path, String> files, ObjectNode document, Cancellation cancellation)
      throws IOException {
    layout.files().createFolders(layout.backup(id));
    Map<String, String> digests = new LinkedHashMap<>();
    for (Map.Entry<Path, String> file : files.entrySet()) {
      Path target = layout.backup(id).resolve(file.getKey().getFileName());
      storage.rename(file.getKey(), target);
      digests.put(layout.relative(target), file.getValue());
    }
    storage.rename(segment.file(), layout.segment(id));
    digests.put(layout.relative(layout.segment(id)), segment.sha256());
    byte[] checksums = new Checksums(digests).toBytes();
    storage.write(layout.checksums(id), checksums);

    storage.flushFileSystem(layout.root(), cancellation);

    ObjectNode complete = document.deepCopy();
    complete.put("sha256sums", Sha256.of(checksums));
    byte[] sealed = SealedJson.seal(complete);
    ObjectNode published =
        SealedJson.open(sealed)
            .orElseThrow(() ->
                new IllegalStateException(
                    "a document that was just sealed does not match its seal"));
    try {
      storage.publish(scratch("backup.json"), layout.backupJson(id), sealed);
    } catch (IOException | RuntimeException | Error e) {
      // The file may already have its name, but a failed run must not appear as a backup.
      try {
        layout.files().deleteIfExists(layout.backupJson(id));
      } catch (IOException stays) {
        e.addSuppressed(stays);
      }
      throw e;
    }
    return published;
  }

  /** See {@link Workspace#publishSegment}. */
  void segment(Segment segment, String kind, Cancellation cancellation) throws IOException {
    storage.rename(segment.file(), layout.segment(id));
    storage.flushFileSystem(layout.root(), cancellation);
    storage.publish(
        scratch("segment.json"), layout.segmentSeal(id), SealedJson.seal(segment.seal(id, kind)));
  }

  /** See {@link Workspace#makeUpFor}. */
  void makeUpFor(List<RunId> damagedSegments) throws IOException {
    for (RunId segment : damagedSegments) {
      ObjectNode note = JsonNodeFactory.instance.objectNode();
      note.put("segment", segment.text());
      note.put("by", id.text());
      storage.publish(
          scratch("made-up-for.json"), layout.madeUpFor(segment), SealedJson.seal(note));
    }
  }

  private Path scratch(String name) {
    return layout.scratch(id).resolve(name);
  }
}

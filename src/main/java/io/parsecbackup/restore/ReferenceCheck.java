package io.parsecbackup.restore;

import io.parsecbackup.backup.Backup;
import io.parsecbackup.repository.MissingList;
import io.parsecbackup.repository.encryption.ReadableFile;
import io.parsecbackup.repository.index.Cursor;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.index.RecordStream;
import io.parsecbackup.repository.index.Reference;
import io.parsecbackup.repository.index.ReferenceStream;
import io.parsecbackup.repository.storage.Layout;
import java.io.IOException;
import java.util.Optional;

/**
 * Checks that each object that a backup's dump refers to is in the index as of that backup, with
 * its size. Objects that the backup lists as missing are not reported again.
 */
record ReferenceCheck(JobContext context, BackupContents contents) {

  /** Does nothing for backups that have no list of references, or whose blocks are in the dump. */
  void run(Backup backup) throws IOException {
    boolean inDump =
        backup.objects().map(objects -> objects.strategy().equals("none")).orElse(true);
    Optional<ReadableFile> list = inDump ? Optional.empty() : contents.list(Layout.REFERENCES);
    if (list.isEmpty()) {
      return;
    }
    try (MissingAtSource.Lines missing = MissingAtSource.lines(contents)) {
      compare(list.get(), new Cursor<>(missing, MissingList.Line::key));
    }
  }

  private void compare(ReadableFile list, Cursor<MissingList.Line> missing) throws IOException {
    try (ReferenceStream references = new ReferenceStream(list);
        RecordStream<IndexRecord> records =
            context.repository().index().asOf(context.id(), context.scratch()::newFile)) {
      Cursor<IndexRecord> index = new Cursor<>(records, IndexRecord::key);
      while (references.hasNext()) {
        context.cancellation().throwIfCancelled();
        Reference reference = references.next();
        Optional<IndexRecord> entry = index.take(reference.key());
        if (missing.take(reference.key()).isEmpty()) {
          reference.damage(entry).ifPresent(context.report()::found);
        }
      }
    }
  }
}

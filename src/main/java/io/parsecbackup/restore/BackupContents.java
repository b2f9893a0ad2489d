package io.parsecbackup.restore;

import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.backup.Backup;
import io.parsecbackup.dump.archive.DumpFormat;
import io.parsecbackup.dump.restore.DumpSource;
import io.parsecbackup.dump.restore.RecordedDatabase;
import io.parsecbackup.repository.encryption.EncryptedNames;
import io.parsecbackup.repository.encryption.Encryption;
import io.parsecbackup.repository.encryption.ReadableFile;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.Storage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/** Opens the dump and the lists of a job's backup, which may be encrypted. */
record BackupContents(JobContext context, Encryption encryption) {

  /** Used if the repository's id is lost. A restore does not need the id. */
  private static final String UNKNOWN = "unknown";

  /** Whether the backup's dump is plain, or a file with identities is configured. */
  boolean canBeRead() {
    return context
        .backup()
        .flatMap(Backup::dump)
        .map(dump ->
            encryption.canRead(
                dump.encrypted() ? dump.file() + EncryptedNames.SUFFIX : dump.file()))
        .orElse(true);
  }

  /**
   * A local copy of the dump, which was checked, and which pg_restore opens by its name if it is
   * not encrypted. If it is a folder, the copy is a folder.
   *
   * @throws java.nio.file.FileSystemException if it is not a regular file in the backup's folder
   * @throws Problem of kind CONFIGURATION if it is encrypted and there is no identity
   */
  ReadableFile dumpFile(Backup.DumpFile dump) throws IOException {
    Optional<SortedMap<String, String>> parts =
        context.repository().files().dumpParts(context.id());
    if (parts.isPresent()) {
      return new DumpFolderFiles(context, encryption, dump.file()).of(parts.get());
    }
    Path file =
        context
            .repository()
            .storage()
            .localAgain(Layout.child(context.id(), dump.file()), dump.sha256());
    return encryption.readable(dump.file(), file);
  }

  /**
   * Describes the dump for the packages of dumps; see {@link #dumpFile}.
   *
   * @throws Problem of kind CONFIGURATION if the backup has no dump
   */
  DumpSource dump(Backup backup) throws IOException {
    Backup.DumpFile dump =
        backup
            .dump()
            .orElseThrow(() ->
                new Problem(
                    Kind.CONFIGURATION,
                    "backup "
                        + backup.id()
                        + " has no dump. Restore its objects with --only objects, then "
                        + RestoreAdvice.otherTool(backup.coveredUntil())));
    return new DumpSource(
        dumpFile(dump),
        DumpFormat.of(dump.format()),
        backup.id(),
        context.repository().id().orElse(UNKNOWN),
        new RecordedDatabase(
            backup.postgres().map(Backup.Postgres::encoding).filter(text -> !text.isEmpty()),
            backup.postgres().map(Backup.Postgres::collate).filter(text -> !text.isEmpty()),
            backup.postgres().flatMap(Backup.Postgres::schema)));
  }

  /**
   * A list of the backup, after checking that its bytes are the published ones.
   *
   * @param name without {@value EncryptedNames#SUFFIX}
   * @return empty if the backup was published without this list
   * @throws Problem of kind REPOSITORY if it, or a document with its digest, is damaged; of kind
   *     CONFIGURATION if it is encrypted and there is no identity
   */
  Optional<ReadableFile> list(String name) {
    return context.repository().files().readable(context.id(), name, encryption);
  }

  /** As {@link #list}, for a list that the job has already checked. */
  Optional<ReadableFile> checkedList(String name) throws IOException {
    for (String stored : List.of(name, name + EncryptedNames.SUFFIX)) {
      Optional<Path> file = context.repository().files().checked(context.id(), stored);
      if (file.isPresent()) {
        return Optional.of(encryption.readable(stored, file.get()));
      }
    }
    return Optional.empty();
  }

  /** As {@link #list}, for a list whose digest is not known or not right. */
  Optional<ReadableFile> unprovenList(String name) throws IOException {
    Storage storage = context.repository().storage();
    for (String stored : List.of(name, name + EncryptedNames.SUFFIX)) {
      String list = Layout.backup(context.id()) + "/" + stored;
      if (storage.find(list).isPresent()) {
        return Optional.of(encryption.readable(stored, storage.local(list, Optional.empty())));
      }
    }
    return Optional.empty();
  }
}

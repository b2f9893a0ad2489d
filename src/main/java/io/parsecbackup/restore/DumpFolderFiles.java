package io.parsecbackup.restore;

import io.parsecbackup.repository.encryption.EncryptedNames;
import io.parsecbackup.repository.encryption.Encryption;
import io.parsecbackup.repository.encryption.ReadableFile;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.PrivateFiles;
import io.parsecbackup.repository.storage.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Opens a dump that is a folder. pg_restore reads only the files whose digests are known: it would
 * prefer a file without a suffix that somebody has put beside them.
 */
record DumpFolderFiles(JobContext context, Encryption encryption, String folder) {

  /**
   * The folder.
   *
   * @param digests of its checked files, by their names
   */
  ReadableFile of(SortedMap<String, String> digests) throws IOException {
    Storage storage = context.repository().storage();
    SortedMap<String, Path> files = new TreeMap<>();
    for (Map.Entry<String, String> part : digests.entrySet()) {
      files.put(
          part.getKey(),
          storage.localAgain(
              Layout.dumpPart(context.id(), folder, part.getKey()), part.getValue()));
    }
    String name = Layout.child(context.id(), folder);
    Path shown = storage.isRemote() ? Path.of(folder) : Path.of(storage.locate(name));
    if (files.keySet().stream().anyMatch(EncryptedNames::isEncrypted)) {
      SortedMap<String, ReadableFile> readable = new TreeMap<>();
      for (Map.Entry<String, Path> file : files.entrySet()) {
        readable.put(
            EncryptedNames.plain(file.getKey()),
            encryption.readable(file.getKey(), file.getValue()));
      }
      return ReadableFile.folder(shown, shown, readable);
    }
    boolean isWhole =
        !storage.isRemote() && storage.children(name).equals(List.copyOf(files.keySet()));
    return ReadableFile.folder(isWhole ? shown : linked(files), shown);
  }

  /** A folder in scratch in which exactly these files have their names. */
  private Path linked(SortedMap<String, Path> files) throws IOException {
    Path links = context.scratch().newFile();
    PrivateFiles.createFolder(links);
    for (Map.Entry<String, Path> file : files.entrySet()) {
      Path link = links.resolve(file.getKey());
      try {
        Files.createSymbolicLink(link, file.getValue().toAbsolutePath());
      } catch (IOException | UnsupportedOperationException e) {
        // Some file systems have no links.
        Files.copy(file.getValue(), link);
      }
    }
    return links;
  }
}

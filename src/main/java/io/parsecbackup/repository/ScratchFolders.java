package io.parsecbackup.repository;

import io.parsecbackup.repository.plan.PartScratch;
import io.parsecbackup.repository.storage.Folders;
import io.parsecbackup.repository.storage.PlainFiles;
import io.parsecbackup.repository.storage.PrivateFiles;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.repository.storage.folder.FolderLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * The local scratch of all runs.
 *
 * @param root its subfolders are named by the ids of runs
 */
record ScratchFolders(Path root) {

  private static final String JOURNAL = "journal.tsv";

  /** In the folder of a copy of another repository. */
  private static final String COPY = "copy";

  private static final Set<String> KEPT = Set.of(JOURNAL, COPY);

  /** The scratch folder of a run. */
  Path of(RunId id) {
    return root.resolve(id.text());
  }

  /** The objects that a run has copied. */
  Path journal(RunId id) {
    return of(id).resolve(JOURNAL);
  }

  /** Locked while the job with this id runs. */
  Path alive(RunId id) {
    return of(id).resolve("alive");
  }

  /** The runs with a scratch folder, oldest first. */
  List<RunId> ids() throws IOException {
    return Folders.ids(root, "");
  }

  /**
   * As {@link #ids}, without the jobs that run now. The holder of the exclusive lock runs beside
   * jobs that do not hold the shared one: copies, which only read published files here.
   */
  List<RunId> dead() throws IOException {
    return ids().stream().filter(id -> !isAlive(id)).toList();
  }

  private boolean isAlive(RunId id) {
    try {
      return isFolder(id) && FolderLock.isHeld(alive(id));
    } catch (IOException e) {
      // Something that no job has made.
      return false;
    }
  }

  /** Whether the run has copied an object. */
  boolean isJournaled(RunId id) throws IOException {
    return isFolder(id) && PlainFiles.size(journal(id)) > 0;
  }

  /** Names the journal that a killed process of this run has left, so that a new one starts. */
  void keepEarlierJournal(RunId id) throws IOException {
    if (isJournaled(id)) {
      int number = 0;
      while (Files.exists(of(id).resolve(PartScratch.earlier(number)))) {
        number++;
      }
      Files.move(journal(id), of(id).resolve(PartScratch.earlier(number)));
    }
  }

  /** The journals that killed processes of this run have left, oldest first. */
  List<Path> earlierJournals(RunId id) throws IOException {
    return Folders.list(of(id), PartScratch::isEarlier).stream().sorted().toList();
  }

  /** Marks a run that copies another repository. The mark stays as long as the folder. */
  void markCopy(RunId id) throws IOException {
    PrivateFiles.create(of(id).resolve(COPY)).close();
  }

  /** Whether the run copies another repository. */
  boolean isCopy(RunId id) {
    return isFolder(id) && Files.exists(of(id).resolve(COPY), LinkOption.NOFOLLOW_LINKS);
  }

  private boolean isFolder(RunId id) {
    return Files.isDirectory(of(id), LinkOption.NOFOLLOW_LINKS);
  }

  /** Removes the scratch of a run. */
  void delete(RunId id) throws IOException {
    Folders.delete(of(id));
  }

  /**
   * Removes the scratch of a run except its journal and the mark of a copy. Of a link it removes
   * the link.
   */
  void clear(RunId id) throws IOException {
    if (!isFolder(id)) {
      delete(id);
      return;
    }
    for (Path file :
        Folders.list(of(id), name -> !KEPT.contains(name) && !PartScratch.isEarlier(name))) {
      Folders.delete(file);
    }
  }

  /** Removes files that belong to no run: a killed program left them. */
  void deleteStrays() throws IOException {
    for (Path stray : Folders.list(root, ScratchFolders::isStray)) {
      Folders.delete(stray);
    }
  }

  private static boolean isStray(String name) {
    return name.equals("probe")
        || name.startsWith("new-")
        // Earlier versions used these names.
        || name.equals("parsec-backup.json")
        || ((name.startsWith("run-") || name.startsWith("check-")) && name.endsWith(".json"));
  }
}

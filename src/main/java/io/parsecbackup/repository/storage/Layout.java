package io.parsecbackup.repository.storage;

import java.util.List;
import java.util.Set;

/** The names of all files in a repository: paths from its root, with slashes. */
public final class Layout {

  public static final String IDENTITY = "parsec-backup.json";

  public static final String LOCK = "lock";

  public static final String OBJECTS = "objects";

  public static final String CONFLICTS = "conflicts";

  public static final String INDEX = "index";

  public static final String BACKUPS = "backups";

  public static final String RUNS = "runs";

  public static final String CHECKS = "checks";

  public static final String ACCEPTED = "accepted";

  public static final String TMP = "tmp";

  /** Runs that are planned, and not published or discarded. */
  public static final String PLANS = TMP + "/plans";

  /** The folders that a backup writes to. */
  public static final List<String> FOLDERS = List.of(OBJECTS, INDEX, BACKUPS, RUNS, TMP);

  /** All folders that may be in the root. */
  public static final List<String> ALL_FOLDERS =
      List.of(OBJECTS, CONFLICTS, INDEX, BACKUPS, RUNS, CHECKS, ACCEPTED, TMP);

  /** Prefix of the names in {@code tmp/} of files that get their final names next. */
  public static final String NEW = "new-";

  /** In a backup's folder: the document that describes it, written last. */
  public static final String DOCUMENT = "backup.json";

  /**
   * Marks a backup's folder in a bucket whose run lost the lock. Its {@link #DOCUMENT} says whether
   * the run is revoked or was published before.
   */
  public static final String REVOKED = "revoked";

  /** In a backup's folder: the dump, if it is a folder. */
  public static final String DUMP_FOLDER = "database";

  /** In a backup's folder: the objects that its dump refers to. */
  public static final String REFERENCES = "references.tsv";

  /** In a backup's folder: how many rows each table has. */
  public static final String ROWS = "rows.tsv";

  /** In a backup's folder: the digests of its other files and of its index segment. */
  public static final String CHECKSUMS = "SHA256SUMS";

  /** In a backup's folder: the referenced objects that are missing. */
  public static final String MISSING = "missing.txt";

  /** Suffix of the names of lists of damaged objects. */
  public static final String DAMAGED = "-damaged.tsv";

  /** Follows the id in the names of a list of unreferenced objects and its seal. */
  public static final String UNREFERENCED = ".unreferenced";

  /** Follows the id in the names of a list of removed objects and its seal. */
  public static final String REMOVED = ".removed";

  /** Follows the id of a damaged segment. */
  public static final String MADE_UP_FOR = ".made-up-for.json";

  /** Follows the id in the names of a compaction and its seal. */
  public static final String MERGED = ".merged";

  /**
   * Names that a folder may contain before it becomes a repository: a failed first run leaves
   * these, and a new file system has the last.
   */
  public static final Set<String> BEFORE_IDENTITY = Set.of(LOCK, TMP, RUNS, "lost+found");

  /** Names the run that has handled all lists of damaged objects up to its id. */
  public static final String SETTLED = CHECKS + "/damaged-settled.json";

  /** Names the newest job in a copy whose findings {@code copy} has handled. */
  public static final String REPAIRED = CHECKS + "/repaired.json";

  private Layout() {}

  /**
   * Checks that {@code name} is that of a file below the root.
   *
   * @throws UnsafeFileException when it is absolute, or a part of it is empty, '.' or '..'
   */
  public static void requireName(String name) throws UnsafeFileException {
    String parts = "/" + name + "/";
    if (parts.contains("//") || parts.contains("/./") || parts.contains("/../")) {
      throw new UnsafeFileException(name, "it is not the name of a file in the repository");
    }
  }

  /** The folder of a planned run, whose objects several processes fetch. */
  public static String plan(RunId id) {
    return PLANS + "/" + id;
  }

  /** The document that makes a plan valid, written last. */
  public static String planJson(RunId id) {
    return plan(id) + "/plan.json";
  }

  /** The folder of one part of a planned run. */
  public static String part(RunId id, int part) {
    return plan(id) + "/" + part;
  }

  /** The document that says that a part is done, written last. */
  public static String partJson(RunId id, int part) {
    return part(id, part) + "/part.json";
  }

  /** The lock of a part. */
  public static String partLock(RunId id, int part) {
    return part(id, part) + "/lock";
  }

  public static String segment(RunId id) {
    return INDEX + "/" + id + ".tsv";
  }

  /** The seal of a segment that belongs to no backup. */
  public static String segmentSeal(RunId id) {
    return INDEX + "/" + id + ".json";
  }

  /** The merged records of all segments up to this one. */
  public static String compaction(RunId id) {
    return INDEX + "/" + id + MERGED + ".tsv";
  }

  /** The seal of a compaction, which is not valid without it. */
  public static String compactionSeal(RunId id) {
    return INDEX + "/" + id + MERGED + ".json";
  }

  /** The records of objects that a prune removed. */
  public static String removal(RunId id) {
    return INDEX + "/" + id + REMOVED + ".tsv";
  }

  /** The seal of the records of removed objects, which are not valid without it. */
  public static String removalSeal(RunId id) {
    return INDEX + "/" + id + REMOVED + ".json";
  }

  /** Names the run that has compared the objects of a damaged segment again. */
  public static String madeUpFor(RunId segment) {
    return INDEX + "/" + segment + MADE_UP_FOR;
  }

  public static String backup(RunId id) {
    return BACKUPS + "/" + id;
  }

  public static String revoked(RunId id) {
    return backup(id) + "/" + REVOKED;
  }

  public static String backupJson(RunId id) {
    return backup(id) + "/" + DOCUMENT;
  }

  public static String checksums(RunId id) {
    return backup(id) + "/" + CHECKSUMS;
  }

  /**
   * The file in backup {@code id} that a document names.
   *
   * @throws UnsafeFileException when it is not directly in the backup's folder
   */
  public static String child(RunId id, String file) throws UnsafeFileException {
    if (file.isEmpty()
        || file.equals(".")
        || file.equals("..")
        || file.indexOf('/') >= 0
        || file.indexOf('\0') >= 0) {
      throw new UnsafeFileException(
          backup(id), "a document names the file '" + file + "', which is not in this folder");
    }
    return backup(id) + "/" + file;
  }

  /**
   * The file in the folder of the dump of backup {@code id}.
   *
   * @param folder the name of the folder
   * @throws UnsafeFileException when the file is not directly in the folder
   */
  public static String dumpPart(RunId id, String folder, String file) throws UnsafeFileException {
    child(id, file);
    return child(id, folder) + "/" + file;
  }

  /**
   * The file that the checksums of backup {@code id} name: in the backup's folder or in the folder
   * of its dump, or its segment.
   *
   * @throws UnsafeFileException when the name is that of another file
   */
  public static String fileOf(RunId id, String name) throws UnsafeFileException {
    String own = backup(id) + "/";
    if (name.startsWith(own + DUMP_FOLDER + "/")) {
      return dumpPart(id, DUMP_FOLDER, name.substring(own.length() + DUMP_FOLDER.length() + 1));
    }
    if (name.startsWith(own)) {
      return child(id, name.substring(own.length()));
    }
    if (name.equals(segment(id))) {
      return name;
    }
    throw new UnsafeFileException(
        checksums(id), "it names the file '" + name + "', which is not one of backup " + id);
  }

  public static String run(RunId id) {
    return RUNS + "/" + id + ".json";
  }

  /**
   * Whether it is the name of a record of a run or a job. Only the run itself writes it, or a run
   * that completes it later.
   */
  public static boolean isRecord(String name) {
    return name.startsWith(RUNS + "/")
        || (name.startsWith(CHECKS + "/")
            && name.substring(CHECKS.length() + 1).matches("[0-9]{8}T[0-9]{6}Z-[a-z]+\\.json"));
  }

  public static String check(RunId id, String kind) {
    return CHECKS + "/" + id + "-" + kind + ".json";
  }

  /** A list of damaged objects, until a backup has fetched them again. */
  public static String damaged(RunId id) {
    return CHECKS + "/" + id + DAMAGED;
  }

  /** The objects that no kept backup refers to, and since when. */
  public static String unreferenced(RunId id) {
    return CHECKS + "/" + id + UNREFERENCED + ".tsv";
  }

  /** The seal of the list of unreferenced objects, which is not valid without it. */
  public static String unreferencedSeal(RunId id) {
    return CHECKS + "/" + id + UNREFERENCED + ".json";
  }

  /** The losses that were accepted together. */
  public static String acceptedList(RunId id) {
    return ACCEPTED + "/" + id + ".tsv";
  }

  /** The seal of an acceptance's list, which is not valid without it. */
  public static String acceptance(RunId id) {
    return ACCEPTED + "/" + id + ".json";
  }
}

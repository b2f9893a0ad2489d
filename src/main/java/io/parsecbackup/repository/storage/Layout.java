package io.parsecbackup.repository.storage;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** The names and places of all files in a repository. */
public record Layout(Path root) {

  public static final String IDENTITY = "parsec-backup.json";

  public static final String LOCK = "lock";

  public static final String TMP = "tmp";

  /** All folders that may be in the root. */
  static final List<String> FOLDERS =
      List.of("objects", "conflicts", "index", "backups", "runs", "checks", "accepted", TMP);

  /** Prefix of the names in {@code tmp/} of files that get their final names next. */
  static final String NEW = "new-";

  /** In a backup's folder: the document that describes it, written last. */
  public static final String DOCUMENT = "backup.json";

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

  /** Follows the id in the names of a list of removed objects and its seal. */
  public static final String REMOVED = ".removed";

  /** Follows the id in the names of a compaction and its seal. */
  public static final String MERGED = ".merged";

  /**
   * Names that a folder may contain before it becomes a repository: a failed first run leaves
   * these, and a new file system has the last.
   */
  public static final Set<String> BEFORE_IDENTITY = Set.of("lock", "tmp", "runs", "lost+found");

  /** The folders that a backup writes to. */
  public List<Path> folders() {
    return List.of(objects(), index(), backups(), runs(), tmp());
  }

  /** All folders that may be in the root. */
  public List<Path> allFolders() {
    return List.of(objects(), conflicts(), index(), backups(), runs(), checks(), accepted(), tmp());
  }

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

  /** Access to the files. */
  public RepositoryFiles files() {
    return new RepositoryFiles(root);
  }

  public Path identity() {
    return root.resolve(IDENTITY);
  }

  public Path lock() {
    return root.resolve("lock");
  }

  public Path objects() {
    return root.resolve("objects");
  }

  public Path conflicts() {
    return root.resolve("conflicts");
  }

  public Path index() {
    return root.resolve("index");
  }

  public Path segment(RunId id) {
    return index().resolve(id + ".tsv");
  }

  /** The seal of a segment that belongs to no backup. */
  public Path segmentSeal(RunId id) {
    return index().resolve(id + ".json");
  }

  /** The merged records of all segments up to this one. */
  public Path compaction(RunId id) {
    return index().resolve(id + MERGED + ".tsv");
  }

  /** The seal of a compaction, which is not valid without it. */
  public Path compactionSeal(RunId id) {
    return index().resolve(id + MERGED + ".json");
  }

  /** The records of objects that a prune removed. */
  public Path removal(RunId id) {
    return index().resolve(id + REMOVED + ".tsv");
  }

  /** The seal of the records of removed objects, which are not valid without it. */
  public Path removalSeal(RunId id) {
    return index().resolve(id + REMOVED + ".json");
  }

  /** Names the run that has compared the objects of a damaged segment again. */
  public Path madeUpFor(RunId segment) {
    return index().resolve(segment + ".made-up-for.json");
  }

  public Path backups() {
    return root.resolve("backups");
  }

  public Path backup(RunId id) {
    return backups().resolve(id.text());
  }

  public Path backupJson(RunId id) {
    return backup(id).resolve(DOCUMENT);
  }

  public Path checksums(RunId id) {
    return backup(id).resolve(CHECKSUMS);
  }

  /**
   * The file that the checksums of backup {@code id} name: in the backup's folder, or its segment.
   *
   * @throws UnsafeFileException when the name is that of another file
   */
  public Path fileOf(RunId id, String name) throws UnsafeFileException {
    String own = "backups/" + id + "/";
    if (name.startsWith(own)) {
      return PlainFiles.child(backup(id), name.substring(own.length()));
    }
    if (name.equals(relative(segment(id)))) {
      return segment(id);
    }
    throw new UnsafeFileException(
        checksums(id).toString(),
        "it names the file '" + name + "', which is not one of backup " + id);
  }

  public Path runs() {
    return root.resolve("runs");
  }

  public Path run(RunId id) {
    return runs().resolve(id + ".json");
  }

  public Path checks() {
    return root.resolve("checks");
  }

  public Path check(RunId id, String kind) {
    return checks().resolve(id + "-" + kind + ".json");
  }

  /** A list of damaged objects, until a backup has fetched them again. */
  public Path damaged(RunId id) {
    return checks().resolve(id + DAMAGED);
  }

  public Path accepted() {
    return root.resolve("accepted");
  }

  /** The losses that were accepted together. */
  public Path acceptedList(RunId id) {
    return accepted().resolve(id + ".tsv");
  }

  /** The seal of an acceptance's list, which is not valid without it. */
  public Path acceptance(RunId id) {
    return accepted().resolve(id + ".json");
  }

  public Path tmp() {
    return root.resolve("tmp");
  }

  public Path scratch(RunId id) {
    return tmp().resolve(id.text());
  }

  /** The folder in which the file system is tested. */
  public Path probe() {
    return tmp().resolve("probe");
  }

  /** Where the identity is written before it is renamed to its final name. */
  public Path unnamedIdentity() {
    return tmp().resolve(IDENTITY);
  }

  /** Where a run's record is written before it is renamed to its final name. */
  public Path unnamedRun(RunId id) {
    return tmp().resolve("run-" + id + ".json");
  }

  /** Where a job's record is written before it is renamed to its final name. */
  public Path unnamedCheck(RunId id) {
    return tmp().resolve("check-" + id + ".json");
  }

  /** Whether {@code name} in {@code tmp/} belongs to no run and can be removed. */
  public static boolean isScratchOfNoRun(String name) {
    return name.equals("probe")
        || name.startsWith(NEW)
        || name.equals(IDENTITY)
        || ((name.startsWith("run-") || name.startsWith("check-")) && name.endsWith(".json"));
  }

  /** Locked while the job with this id runs. */
  public Path alive(RunId id) {
    return scratch(id).resolve("alive");
  }

  public Path journal(RunId id) {
    return scratch(id).resolve("journal.tsv");
  }

  /** The path of {@code file} from the root, with slashes, as in {@code SHA256SUMS}. */
  public String relative(Path file) {
    return root.relativize(file).toString().replace('\\', '/');
  }
}

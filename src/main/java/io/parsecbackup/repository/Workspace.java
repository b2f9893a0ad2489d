package io.parsecbackup.repository;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parsecbackup.Cancellation;
import io.parsecbackup.repository.PublishedBackups.State;
import io.parsecbackup.repository.index.ColumnCodec;
import io.parsecbackup.repository.index.IndexCodec;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.index.Journal;
import io.parsecbackup.repository.index.ObjectIndex;
import io.parsecbackup.repository.index.RecordSorter;
import io.parsecbackup.repository.index.RecordStream;
import io.parsecbackup.repository.index.ScratchFiles;
import io.parsecbackup.repository.index.Segment;
import io.parsecbackup.repository.index.WrittenFiles;
import io.parsecbackup.repository.plan.PartScratch;
import io.parsecbackup.repository.storage.Documents;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.Leftovers;
import io.parsecbackup.repository.storage.PrivateFiles;
import io.parsecbackup.repository.storage.RepositoryLocks;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.repository.storage.Storage;
import io.parsecbackup.repository.storage.StoredFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * The scratch folder of one run, {@code tmp/<id>}. It also publishes the content of the folder.
 * Nothing in it is a backup until {@link #publish} returns. A run that ends without it leaves its
 * journal, so the next run finds the objects that it copied.
 */
public final class Workspace implements ScratchFiles, AutoCloseable {

  private static final String RECOVERED = "recovered.tsv";
  private static final String FORGOTTEN = "forgotten.tsv";

  /** The scratch files that {@link #known} and {@link #forgotten} read. */
  public static final List<String> KNOWN = List.of(RECOVERED, FORGOTTEN);

  private static final String UNSTORED = "unstored.tsv";

  private final Storage storage;
  private final ScratchFolders folders;
  private final PublishedBackups published;
  private final ObjectIndex index;
  private final RunId id;
  private final Publication publication;
  private final Journal journal;
  private final AtomicInteger merged = new AtomicInteger();
  private Publication.Staged staged = Publication.Staged.none();
  private List<Path> joined = List.of();
  private Rest rest = Rest.OF_RUN;
  private boolean closed;

  /** What {@link #close} leaves of a run that has not published anything. */
  private enum Rest {
    /** The journal, for the next run. */
    OF_RUN,
    /** Nothing: other processes continue the run, and have all that they need. */
    OF_PLANNED_RUN,
    /** The journal, for the next process of the same part. */
    OF_PART
  }

  /** How much of the journal {@link #dropLost} has looked at. */
  private long lookedAt;

  /** How much of the journal {@link #storedSince} has returned. */
  private long returned;

  Workspace(
      Storage storage,
      PublishedBackups published,
      ObjectIndex index,
      RunId id,
      RepositoryLocks.Held lock)
      throws IOException {
    this(storage, new ScratchFolders(storage.scratch()), published, index, id, lock);
  }

  private Workspace(
      Storage storage,
      ScratchFolders folders,
      PublishedBackups published,
      ObjectIndex index,
      RunId id,
      RepositoryLocks.Held lock)
      throws IOException {
    this.storage = storage;
    this.folders = folders;
    this.published = published;
    this.index = index;
    this.id = id;
    this.publication = new Publication(storage, id, folders.of(id), lock);
    this.journal = Journal.append(folders.journal(id));
  }

  /**
   * Opens the scratch folder of one part of a planned run. It keeps the journals that killed
   * processes of the part have left here.
   */
  static Workspace ofPart(
      Storage storage,
      PublishedBackups published,
      ObjectIndex index,
      RunId id,
      int part,
      RepositoryLocks.Held lock)
      throws IOException {
    ScratchFolders folders = new ScratchFolders(PartScratch.of(storage, id, part));
    PrivateFiles.createFolders(folders.of(id));
    folders.keepEarlierJournal(id);
    folders.clear(id);
    Workspace workspace = new Workspace(storage, folders, published, index, id, lock);
    workspace.rest = Rest.OF_PART;
    return workspace;
  }

  /** Opens an empty scratch folder of a planned run whose parts are done. */
  static Workspace ofPlanned(
      Storage storage,
      PublishedBackups published,
      ObjectIndex index,
      RunId id,
      RepositoryLocks.Held lock)
      throws IOException {
    ScratchFolders folders = new ScratchFolders(storage.scratch());
    folders.delete(id);
    PrivateFiles.createFolders(folders.of(id));
    Workspace workspace = new Workspace(storage, folders, published, index, id, lock);
    workspace.rest = Rest.OF_PLANNED_RUN;
    return workspace;
  }

  /** The journals that killed processes of this part have left. */
  List<Path> earlierJournals() throws IOException {
    return folders.earlierJournals(id);
  }

  /**
   * Gives files of the backup their final names, before other processes continue the run. They are
   * on stable storage when this returns.
   *
   * @param files as in {@link #publish}
   * @return the SHA-256 of each file and its size in bytes, by name
   */
  public Map<String, StagedFile> stage(Map<Path, String> files, Cancellation cancellation)
      throws IOException {
    Publication.Staged moved = publication.stage(files, cancellation);
    Map<String, StagedFile> result = new LinkedHashMap<>();
    moved
        .digests()
        .forEach((name, sha256) ->
            result.put(
                name, new StagedFile(sha256, Objects.requireNonNull(moved.sizes().get(name)))));
    return result;
  }

  /** A file of a backup that is not published yet. */
  public record StagedFile(String sha256, long bytes) {}

  /** Says that other processes continue this run: {@link #close} then removes all scratch. */
  public void leaveToOthers() {
    rest = Rest.OF_PLANNED_RUN;
  }

  /**
   * Takes over what other processes of this run have done.
   *
   * @param files that {@link #stage} has returned
   * @param stored sorted files with the records of the objects that they have stored, oldest first
   */
  public void join(Map<String, StagedFile> files, List<Path> stored) {
    staged = Publication.Staged.none();
    files.forEach((name, file) -> {
      staged.digests().put(name, file.sha256());
      staged.sizes().put(name, file.bytes());
    });
    joined = List.copyOf(stored);
  }

  @Override
  public RunId id() {
    return id;
  }

  public Journal journal() {
    return journal;
  }

  @Override
  public Path file(String name) {
    return folders.of(id).resolve(name);
  }

  public Path scratch() {
    return folders.of(id);
  }

  /**
   * Publishes the backup: moves its files and its index segment to their final names, flushes
   * everything to stable storage, and only then writes {@code backup.json}.
   *
   * @param files in the scratch folder, or in the dump's folder there, with their SHA-256; they
   *     keep their names
   * @param document becomes {@code backup.json}; this method adds {@code sha256sums} and the seal
   * @return the document as published
   * @throws io.parsecbackup.Problem when cancelled, when flushing the file system takes too long;
   *     of kind UNDECIDED when a server does not tell whether it has stored {@code backup.json}
   */
  public ObjectNode publish(Map<Path, String> files, ObjectNode document, Cancellation cancellation)
      throws IOException {
    Segment segment = writeSegment(file("segment.tsv"));
    if (Files.size(folders.journal(id)) != lookedAt) {
      new WrittenFiles(storage).requireObjects(segment, cancellation);
    }
    return publication.backup(segment, staged, files, document, cancellation);
  }

  /**
   * Publishes the objects that this run stored as a segment that belongs to no backup.
   *
   * @param kind the kind of run that made the segment
   */
  public void publishSegment(String kind, Cancellation cancellation) throws IOException {
    Segment segment = writeSegment(file("segment.tsv"));
    new WrittenFiles(storage).requireObjects(segment, cancellation);
    publication.segment(segment, kind, cancellation);
  }

  /**
   * Records that this published run has compared or fetched all objects that these damaged segments
   * named. Later backups do not need the segments.
   */
  public void makeUpFor(List<RunId> damagedSegments) throws IOException {
    publication.makeUpFor(damagedSegments);
  }

  private Segment writeSegment(Path to) throws IOException {
    try (RecordStream<IndexRecord> records = stored()) {
      return Segment.write(records, to);
    }
  }

  /**
   * Looks at a server for the objects that this run has stored. Those that it does not have are not
   * in {@link #stored} from now on, and are not published. A folder has them all.
   *
   * @param lost receives them
   * @throws io.parsecbackup.repository.storage.RemoteStorageException when they are too many
   */
  public void dropLost(WrittenFiles.Lost lost, Cancellation cancellation) throws IOException {
    if (!storage.isRemote()) {
      return;
    }
    RecordSorter<String> keys = new RecordSorter<>(ColumnCodec.KEYS, scratch(), "unstored");
    new WrittenFiles(storage)
        .findLost(
            writeSegment(newFile()),
            (entry, why) -> {
              keys.add(entry.key());
              lost.lost(entry, why);
            },
            cancellation);
    write(keys, UNSTORED);
    lookedAt = Files.size(folders.journal(id));
  }

  /**
   * Empties the journal: segments of other ids, which are published, contain all objects that this
   * run stored.
   */
  public void emptyJournal() throws IOException {
    journal.empty();
    returned = 0;
  }

  /**
   * The records of the index and those that this run took over from dead runs, in key order,
   * without {@link #forgotten}.
   */
  public RecordStream<IndexRecord> known() throws IOException {
    List<Path> newer = Stream.of(RECOVERED).map(this::file).filter(Files::exists).toList();
    RecordStream<IndexRecord> records = index.open(newer, this::newFile);
    try {
      return records.without(forgotten());
    } catch (IOException | RuntimeException e) {
      records.close();
      throw e;
    }
  }

  @Override
  public Path newFile() {
    return file("merged-" + merged.incrementAndGet() + ".tsv");
  }

  /** Keys of damaged objects: this run fetches them again, as if the index did not have them. */
  public RecordStream<String> forgotten() throws IOException {
    return keys(FORGOTTEN);
  }

  private RecordStream<String> keys(String name) throws IOException {
    return RecordStream.merge(
        ColumnCodec.KEYS, Stream.of(file(name)).filter(Files::exists).toList());
  }

  /** Flushes the journal to stable storage. */
  void flushJournal() throws IOException {
    storage.flushScratch(folders.journal(id));
  }

  /** Adds these records, which dead runs have left, to {@link #known}. */
  void recovered(RecordSorter<IndexRecord> records) throws IOException {
    try (RecordStream<IndexRecord> sorted = records.sorted()) {
      Segment.write(sorted, file(RECOVERED));
    }
  }

  /** The records of objects that this run, or a dead run before it, has stored, in key order. */
  public RecordStream<IndexRecord> stored() throws IOException {
    RecordSorter<IndexRecord> sorter =
        new RecordSorter<>(IndexCodec.INSTANCE, scratch(), "stored-" + merged.incrementAndGet());
    Journal.read(folders.journal(id), sorter::add);
    if (!joined.isEmpty()) {
      return joined(sorter);
    }
    return sorter.sorted().without(keys(UNSTORED));
  }

  /** Reads the parts' files in key order, with what this process itself has stored. */
  private RecordStream<IndexRecord> joined(RecordSorter<IndexRecord> own) throws IOException {
    List<Path> files = new ArrayList<>(joined);
    try (RecordStream<IndexRecord> records = own.sorted()) {
      if (records.hasNext()) {
        files.add(Segment.write(records, newFile()).file());
      }
    }
    return RecordStream.mergeAny(IndexCodec.INSTANCE, files, this::newFile).without(keys(UNSTORED));
  }

  /**
   * The records in the journal that no earlier call has returned, in key order. Nobody may add
   * records meanwhile.
   */
  public RecordStream<IndexRecord> storedSince() throws IOException {
    RecordSorter<IndexRecord> sorter =
        new RecordSorter<>(IndexCodec.INSTANCE, scratch(), "stored-" + merged.incrementAndGet());
    Path file = folders.journal(id);
    long size = Files.size(file);
    Journal.read(file, returned, sorter::add);
    returned = size;
    return sorter.sorted();
  }

  /** Removes these keys from {@link #known}. */
  void forget(RecordSorter<String> keys) throws IOException {
    write(keys, FORGOTTEN);
  }

  private void write(RecordSorter<String> keys, String name) throws IOException {
    try (RecordStream<String> sorted = keys.sorted();
        var writer = PrivateFiles.newWriter(file(name))) {
      while (sorted.hasNext()) {
        writer.write(ColumnCodec.KEYS.format(sorted.next()));
        writer.write('\n');
      }
    }
  }

  /** Adds all records in the journal of this run to {@link #known}. */
  public void recognize() throws IOException {
    RecordSorter<IndexRecord> noted =
        new RecordSorter<>(IndexCodec.INSTANCE, scratch(), "noted-" + merged.incrementAndGet());
    Journal.read(folders.journal(id), noted::add);
    Files.deleteIfExists(file(RECOVERED));
    recovered(noted);
  }

  /** Deletes the scratch folder. The journal stays if the run was not published. */
  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    journal.close();
    if (rest == Rest.OF_PART) {
      folders.clear(id);
      return;
    }
    switch (publication.isUndecided() ? State.UNKNOWN : state(storage, published, id)) {
      case PUBLISHED -> endPublished(storage, id);
      case NOT_PUBLISHED -> {
        if (rest == Rest.OF_PLANNED_RUN) {
          folders.delete(id);
          return;
        }
        clear(storage, published, id);
        if (Files.size(folders.journal(id)) == 0) {
          folders.delete(id);
        }
      }
      // The next run finds out, and needs the journal if nothing was published.
      case UNKNOWN -> folders.clear(id);
    }
  }

  /**
   * Deletes the scratch folder of a published run. The journal of a copy stays until it is empty:
   * its segment has only what the copy brought back, and perhaps no segment names the other objects
   * that it stored.
   */
  static void endPublished(Storage storage, RunId id) throws IOException {
    ScratchFolders folders = new ScratchFolders(storage.scratch());
    if (folders.isJournaled(id) && folders.isCopy(id)) {
      folders.clear(id);
    } else {
      folders.delete(id);
    }
  }

  /** Whether the run has published a backup, or a segment that belongs to no backup. */
  static State state(Storage storage, PublishedBackups published, RunId id) {
    State backup = published.state(id);
    if (backup != State.NOT_PUBLISHED) {
      return backup;
    }
    try {
      return new Documents(storage).exists(Layout.segmentSeal(id)) && !published.isRevoked(id)
          ? State.PUBLISHED
          : State.NOT_PUBLISHED;
    } catch (IOException e) {
      return State.UNKNOWN;
    }
  }

  /**
   * Removes the files of an unpublished run: its scratch files except the journal, and files that
   * already have their final names.
   *
   * @return whether all are gone; false if this program may not delete them
   */
  static boolean clear(Storage storage, PublishedBackups published, RunId id) throws IOException {
    Leftovers leftovers = new Leftovers(storage);
    // A deletion of nothing would leave a mark in a bucket with versions.
    boolean gone =
        !new Documents(storage).exists(Layout.segment(id)) || leftovers.delete(Layout.segment(id));
    if (published.isRevoked(id)) {
      // What revokes a run stays, because the run may only be frozen.
      String folder = Layout.backup(id) + "/";
      for (Iterator<StoredFile> files = storage.list(folder); files.hasNext(); ) {
        String name = files.next().name();
        if (!name.equals(Layout.backupJson(id)) && !name.equals(Layout.revoked(id))) {
          gone &= leftovers.delete(name);
        }
      }
    } else {
      gone &= leftovers.deleteTree(Layout.backup(id));
    }
    new ScratchFolders(storage.scratch()).clear(id);
    return gone;
  }
}

package io.parsecbackup.repository;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parsecbackup.Cancellation;
import io.parsecbackup.repository.index.IndexCodec;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.index.Journal;
import io.parsecbackup.repository.index.ObjectIndex;
import io.parsecbackup.repository.index.RecordSorter;
import io.parsecbackup.repository.index.RecordStream;
import io.parsecbackup.repository.index.ScratchFiles;
import io.parsecbackup.repository.index.Segment;
import io.parsecbackup.repository.storage.Checksums;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.repository.storage.SealedJson;
import io.parsecbackup.repository.storage.Sha256;
import io.parsecbackup.repository.storage.StableStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * The scratch of one run, {@code tmp/<id>}, and the way out of it: nothing in it is a backup until
 * {@link #publish} has ended. A run that ends otherwise leaves its journal, by which the next run
 * finds the objects that it copied.
 */
public final class Workspace implements ScratchFiles, AutoCloseable {

  private static final String RECOVERED = "recovered.tsv";
  private static final String UNKNOWN = "unknown.tsv";

  private final Layout layout;
  private final StableStorage storage;
  private final PublishedBackups published;
  private final ObjectIndex index;
  private final RunId id;
  private final Journal journal;
  private final AtomicInteger merged = new AtomicInteger();
  private boolean closed;

  Workspace(
      Layout layout, StableStorage storage, PublishedBackups published, ObjectIndex index, RunId id)
      throws IOException {
    this.layout = layout;
    this.storage = storage;
    this.published = published;
    this.index = index;
    this.id = id;
    this.journal = Journal.append(layout.journal(id));
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
    return layout.scratch(id).resolve(name);
  }

  public Path scratch() {
    return layout.scratch(id);
  }

  /**
   * Publishes the backup: its files and its index segment get their names, everything is flushed to
   * stable storage, and only then {@code backup.json} says that there is a backup.
   *
   * @param files in scratch, each with its SHA-256; they keep their names
   * @param document becomes {@code backup.json}; {@code sha256sums} and the seal are added here
   * @return the document as published
   * @throws io.parsecbackup.Problem when cancelled, or when the file system takes too long to flush
   */
  public ObjectNode publish(Map<Path, String> files, ObjectNode document, Cancellation cancellation)
      throws IOException {
    Segment segment = writeSegment();
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
    try {
      storage.publish(file("backup.json"), layout.backupJson(id), sealed);
    } catch (IOException | RuntimeException e) {
      // It may have its name already: a run that is reported as failed must not show up as a
      // backup.
      try {
        layout.files().deleteIfExists(layout.backupJson(id));
      } catch (IOException stays) {
        e.addSuppressed(stays);
      }
      throw e;
    }
    return SealedJson.open(sealed)
        .orElseThrow(() -> new IllegalStateException("a document of ours does not match its seal"));
  }

  /**
   * Publishes what this run put under {@code objects/} as a segment that belongs to no backup.
   *
   * @param kind what made it
   */
  public void publishSegment(String kind, Cancellation cancellation) throws IOException {
    Segment segment = writeSegment();
    storage.rename(segment.file(), layout.segment(id));
    storage.flushFileSystem(layout.root(), cancellation);
    storage.publish(
        file("segment.json"), layout.segmentSeal(id), SealedJson.seal(segment.seal(id, kind)));
  }

  private Segment writeSegment() throws IOException {
    RecordSorter<IndexRecord> sorter =
        new RecordSorter<>(IndexCodec.INSTANCE, scratch(), "segment");
    Journal.read(layout.journal(id), sorter::add);
    try (RecordStream<IndexRecord> records = sorter.sorted()) {
      return Segment.write(records, file("segment.tsv"));
    }
  }

  /**
   * Notes that this run, which is published, has compared or fetched again what these damaged
   * segments named: backups from this one on do without them.
   */
  public void makeUpFor(List<RunId> damagedSegments) throws IOException {
    for (RunId segment : damagedSegments) {
      ObjectNode note = JsonNodeFactory.instance.objectNode();
      note.put("segment", segment.text());
      note.put("by", id.text());
      storage.publish(file("made-up-for.json"), layout.madeUpFor(segment), SealedJson.seal(note));
    }
  }

  /**
   * What the index knows, less what is damaged, and what this run took over from dead ones, in key
   * order. What is damaged has a record all the same, of a size that no object has.
   */
  public RecordStream<IndexRecord> known() throws IOException {
    List<Path> younger =
        Stream.of(UNKNOWN, RECOVERED).map(this::file).filter(Files::exists).toList();
    return index.open(younger, this::newFile);
  }

  @Override
  public Path newFile() {
    return file("merged-" + merged.incrementAndGet() + ".tsv");
  }

  /** Of {@link #known}, what is damaged, and to be fetched again wherever it can be had. */
  public RecordStream<IndexRecord> damaged() throws IOException {
    return RecordStream.merge(
        IndexCodec.INSTANCE, Stream.of(file(UNKNOWN)).filter(Files::exists).toList());
  }

  /** Brings the journal to stable storage, its name and that of its folder too. */
  void flushJournal() throws IOException {
    storage.flush(layout.journal(id));
    storage.flushFolder(scratch());
    storage.flushFolder(layout.tmp());
  }

  /** Makes {@code records}, taken over from dead runs, known to this one. */
  void recovered(RecordSorter<IndexRecord> records) throws IOException {
    try (RecordStream<IndexRecord> sorted = records.sorted()) {
      Segment.write(sorted, file(RECOVERED));
    }
  }

  /** What this run has put under {@code objects/} so far, dead runs' included, in key order. */
  public RecordStream<IndexRecord> brought() throws IOException {
    RecordSorter<IndexRecord> sorter =
        new RecordSorter<>(IndexCodec.INSTANCE, scratch(), "brought-" + merged.incrementAndGet());
    Journal.read(layout.journal(id), sorter::add);
    return sorter.sorted();
  }

  /** Takes what the index says of these keys from this run. */
  void unknown(RecordSorter<IndexRecord> records) throws IOException {
    try (RecordStream<IndexRecord> sorted = records.sorted()) {
      Segment.write(sorted, file(UNKNOWN));
    }
  }

  /**
   * Makes known to this run all that it has noted in its journal so far, so that {@link #known}
   * names it.
   */
  public void recognize() throws IOException {
    RecordSorter<IndexRecord> noted =
        new RecordSorter<>(IndexCodec.INSTANCE, scratch(), "noted-" + merged.incrementAndGet());
    Journal.read(layout.journal(id), noted::add);
    layout.files().deleteIfExists(file(RECOVERED));
    recovered(noted);
  }

  /** Ends the scratch: all of it after a publish, all but the journal after anything else. */
  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    journal.close();
    if (published.isPublished(id) || layout.files().exists(layout.segmentSeal(id))) {
      layout.files().deleteTree(scratch());
      return;
    }
    clear(layout, id);
    if (Files.size(layout.journal(id)) == 0) {
      layout.files().deleteTree(scratch());
    }
  }

  /**
   * Removes what an unpublished run left: all scratch but the journal, and what already had its
   * final name.
   */
  static void clear(Layout layout, RunId id) throws IOException {
    layout.files().deleteTree(layout.backup(id));
    layout.files().deleteIfExists(layout.segment(id));
    if (!Files.isDirectory(layout.scratch(id), LinkOption.NOFOLLOW_LINKS)) {
      // A link or a file, which goes itself; what it may point to does not.
      layout.files().deleteTree(layout.scratch(id));
      return;
    }
    String journal = String.valueOf(layout.journal(id).getFileName());
    for (Path file : layout.files().list(layout.scratch(id), name -> !name.equals(journal))) {
      layout.files().deleteTree(file);
    }
  }
}

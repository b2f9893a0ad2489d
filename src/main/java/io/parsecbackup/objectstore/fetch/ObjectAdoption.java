package io.parsecbackup.objectstore.fetch;

import io.parsecbackup.objectstore.raid.ListedSize;
import io.parsecbackup.objectstore.raid.NodeEtags;
import io.parsecbackup.objectstore.raid.SourceLayout;
import io.parsecbackup.repository.ObjectFiles;
import io.parsecbackup.repository.Workspace;
import io.parsecbackup.repository.index.IndexCodec;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.index.RecordSorter;
import io.parsecbackup.repository.index.RecordStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/** Adopts single files that another program has put under {@code objects/}. */
public final class ObjectAdoption {

  private final SourceLayout layout;
  private final Workspace workspace;
  private final ObjectFiles objects;
  private final FetchCounters counters;
  private final Listener listener;
  private final RecordSorter<IndexRecord> differing;

  ObjectAdoption(
      SourceLayout layout,
      Workspace workspace,
      ObjectFiles objects,
      FetchCounters counters,
      Listener listener) {
    this.layout = layout;
    this.workspace = workspace;
    this.objects = objects;
    this.counters = counters;
    this.listener = listener;
    this.differing = new RecordSorter<>(IndexCodec.INSTANCE, workspace.scratch(), "differing");
  }

  /** Reports an object that is final here, while the bucket has another one. */
  void reportFinal(IndexRecord held) {
    counters.failed.increment();
    listener.differs(held.key(), "the object of ETag " + held.etag(), "another one in the bucket");
  }

  /** Receives files that were not adopted. Several threads call it. */
  public interface Listener {
    /**
     * A file does not have the listed bytes.
     *
     * @param expected the size and ETag in the bucket's listing
     * @param found the file's size and MD5
     */
    void differs(String key, String expected, String found);
  }

  /**
   * Reads the file of a listed object, and records it in the journal if it has the listed bytes. If
   * it does not, or if the ETag is not an MD5 and proves nothing, the next backup fetches the
   * object.
   *
   * @return whether it was adopted
   */
  boolean adopt(PlannedFetch listed) {
    try {
      OptionalLong size = objects.size(listed.key());
      if (size.isEmpty()) {
        counters.missing.increment();
        return false;
      }
      IndexRecord found = UnknownFiles.read(objects, listed.key());
      boolean hasSize = listed.size().equals(Optional.of(layout.listedSize(found.size())));
      boolean isProof = NodeEtags.areMd5(listed.etag());
      if (!hasSize
          || !isProof
          || !NodeEtags.agree(etag(found), listed.etag().toLowerCase(Locale.ROOT))) {
        counters.failed.increment();
        differs(found);
        // An ETag of another form says nothing about the bytes, so it is not a difference.
        if (!hasSize || isProof) {
          listener.differs(
              listed.key(), describe(listed), found.size() + " bytes, MD5 " + found.etag());
        }
        return false;
      }
      Instant lastModified = listed.lastModified().orElse(Instant.EPOCH);
      objects.date(listed.key(), lastModified);
      workspace
          .journal()
          .add(
              new IndexRecord(
                  listed.key(), found.size(), found.sha256(), listed.etag(), lastModified, false));
      counters.copied.increment();
      counters.copiedBytes.add(found.size());
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The ETag that these bytes have if the source's ETags are MD5s. */
  private String etag(IndexRecord found) throws IOException {
    return layout.isSplit() ? layout.etag(objects.local(found)) : layout.etag(found.etag());
  }

  private static String describe(PlannedFetch listed) {
    String size =
        switch (listed.size().orElseThrow()) {
          case ListedSize.Whole(long bytes) -> Long.toString(bytes);
          case ListedSize.Chunks(long bytes) -> "chunks of " + bytes;
        };
    return size + " bytes, ETag " + listed.etag();
  }

  private synchronized void differs(IndexRecord found) throws IOException {
    differing.add(found);
  }

  /**
   * Records the differing files in the journal, if the index does not have their keys: their bytes
   * can be restored until the next backup compares them.
   */
  void recordDiffering(UnknownFiles files) throws IOException {
    try (RecordStream<IndexRecord> found = differing.sorted()) {
      files.eachUnknown(found, IndexRecord::key, workspace.journal()::add);
    }
  }
}

package io.parsecbackup.objectstore.fetch;

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
import java.nio.file.Path;
import java.util.Locale;
import java.util.OptionalLong;

/** Takes over single files that another hand has put under {@code objects/}. */
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

  private static String words(IndexRecord listed) {
    String size = listed.size() < 0 ? "chunks of " + -listed.size() : Long.toString(listed.size());
    return size + " bytes, ETag " + listed.etag();
  }

  /** Tells of an object that the bucket has another one for, and of which ours is final. */
  void isFinal(IndexRecord held) {
    counters.failed.increment();
    listener.differs(held.key(), "the object of ETag " + held.etag(), "another one in the bucket");
  }

  /** Told of files that were not taken over; by several threads. */
  public interface Listener {
    void differs(String key, String expected, String found);
  }

  /**
   * Reads the file of {@code listed}, and notes it in the journal when it holds the listed bytes.
   * One that does not, or whose ETag is no MD5 and so proves nothing, is left for the next backup
   * to fetch, and for {@link #noteDiffering}.
   *
   * @return whether it was taken over
   */
  boolean adopt(IndexRecord listed) {
    try {
      OptionalLong size = objects.size(listed.key());
      if (size.isEmpty()) {
        counters.missing.increment();
        return false;
      }
      Path file = objects.file(listed.key());
      IndexRecord found = UnknownFiles.read(file, listed.key());
      boolean hasSize = layout.listedSize(found.size()) == listed.size();
      boolean isProof = NodeEtags.areMd5(listed.etag());
      if (!hasSize
          || !isProof
          || !NodeEtags.agree(layout.etag(file), listed.etag().toLowerCase(Locale.ROOT))) {
        counters.failed.increment();
        differs(found);
        // An ETag of another form says nothing of the bytes: that is no difference.
        if (!hasSize || isProof) {
          listener.differs(
              listed.key(), words(listed), found.size() + " bytes, MD5 " + found.etag());
        }
        return false;
      }
      objects.date(listed.key(), listed.lastModified());
      workspace
          .journal()
          .add(
              new IndexRecord(
                  listed.key(),
                  found.size(),
                  found.sha256(),
                  listed.etag(),
                  listed.lastModified(),
                  false));
      counters.copied.increment();
      counters.copiedBytes.add(found.size());
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private synchronized void differs(IndexRecord found) throws IOException {
    differing.add(found);
  }

  /**
   * Notes in the journal what the files hold that differ, where the index knows nothing of their
   * keys: the bytes that are here can be restored until the next backup has compared them.
   */
  void noteDiffering(UnknownFiles files) throws IOException {
    try (RecordStream<IndexRecord> found = differing.sorted()) {
      files.eachUnknown(found, workspace.journal()::add);
    }
  }
}

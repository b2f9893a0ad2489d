package io.parsecbackup.repository.index;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parsecbackup.repository.storage.PrivateFiles;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.repository.storage.Sha256;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A file of index records that was just written, with its digest.
 *
 * @param sha256 of the file
 * @param records how many objects it names
 */
public record Segment(Path file, String sha256, long records) {

  /**
   * Size in bytes of a segment without records, as most are if little changes in the bucket. Older
   * ones have a shorter header. One with a record is always longer.
   */
  public static final long EMPTY = IndexCodec.HEADER.length() + 1L;

  /** In the seal of a segment whose backup was pruned. */
  public static final String PRUNED = "pruned";

  /** In the seal of a segment whose backup was to be pruned, and is kept by other rules now. */
  public static final String KEPT = "kept";

  /** In the seal of a segment with objects that were removed and are there again. */
  public static final String RETURNED = "returned";

  /** In the seal of a list of removed objects. */
  public static final String REMOVED = "removed";

  /** Writes {@code records} to {@code scratch}. They become part of the index when published. */
  public static Segment write(RecordStream<IndexRecord> records, Path scratch) throws IOException {
    long count = 0;
    try (var writer = PrivateFiles.newWriter(scratch)) {
      writer.write(IndexCodec.HEADER);
      writer.write('\n');
      while (records.hasNext()) {
        writer.write(IndexCodec.INSTANCE.format(records.next()));
        writer.write('\n');
        count++;
      }
    }
    return new Segment(scratch, Sha256.of(scratch), count);
  }

  /**
   * The seal of a segment that belongs to no backup.
   *
   * @param kind the kind of run that made the segment
   */
  public ObjectNode seal(RunId id, String kind) {
    ObjectNode seal = JsonNodeFactory.instance.objectNode();
    seal.put("id", id.text());
    seal.put("kind", kind);
    seal.put("records", records);
    seal.put("sha256", sha256);
    return seal;
  }
}

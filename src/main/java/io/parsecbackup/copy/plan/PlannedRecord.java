package io.parsecbackup.copy.plan;

import io.parsecbackup.repository.index.FieldText;
import io.parsecbackup.repository.index.IndexCodec;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.index.RecordCodec;
import io.parsecbackup.repository.storage.RunId;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;

/**
 * A record of one of the segments that a place does not have, or of a list of removed objects.
 *
 * @param segment the id of that segment or list
 * @param isAside whether newer bytes have the key, so these go to {@code conflicts/}
 */
record PlannedRecord(RunId segment, boolean isAside, IndexRecord object) {

  /** Separates the parts of a key. It is lower than all characters, so it keeps their order. */
  private static final char BETWEEN = '\0';

  /** Orders records by their objects, and those of one object by their segments. */
  static final RecordCodec<PlannedRecord> BY_OBJECT =
      new Codec(planned -> planned.object().key() + BETWEEN + planned.segment());

  /** Orders records by their segments, and those of one segment by their objects. */
  static final RecordCodec<PlannedRecord> BY_SEGMENT =
      new Codec(planned -> planned.segment().text() + BETWEEN + planned.object().key());

  PlannedRecord aside() {
    return new PlannedRecord(segment, true, object);
  }

  boolean hasBytesOf(IndexRecord other) {
    return object.sha256().equals(other.sha256()) && object.size() == other.size();
  }

  /** The key, the segment's id, a word and the record of the index. */
  private record Codec(Function<PlannedRecord, String> keyOf)
      implements RecordCodec<PlannedRecord> {

    private static final String ASIDE = "aside";
    private static final String PLACE = "place";

    @Override
    public String key(PlannedRecord planned) {
      return keyOf.apply(planned);
    }

    @Override
    public String format(PlannedRecord planned) {
      return FieldText.escape(key(planned))
          + '\t'
          + planned.segment()
          + '\t'
          + (planned.isAside() ? ASIDE : PLACE)
          + '\t'
          + IndexCodec.INSTANCE.format(planned.object());
    }

    @Override
    public PlannedRecord parse(byte[] bytes, int start, int end) {
      int segment = after(bytes, start, end);
      int word = after(bytes, segment, end);
      int object = after(bytes, word, end);
      return new PlannedRecord(
          new RunId(text(bytes, segment, word)),
          text(bytes, word, object).equals(ASIDE),
          IndexCodec.INSTANCE.parse(bytes, object, end));
    }

    /** The start of the next column. */
    private static int after(byte[] bytes, int from, int end) {
      for (int at = from; at < end; at++) {
        if (bytes[at] == '\t') {
          return at + 1;
        }
      }
      throw new IllegalArgumentException("not a planned record: " + text(bytes, from, end + 1));
    }

    private static String text(byte[] bytes, int start, int next) {
      return new String(bytes, start, next - 1 - start, StandardCharsets.UTF_8);
    }
  }
}

package io.parsecbackup.objectstore.upload;

import io.parsecbackup.repository.index.FieldText;
import io.parsecbackup.repository.index.IndexCodec;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.index.RecordCodec;
import java.nio.charset.StandardCharsets;

/**
 * An object that the target lists with the right size and an ETag that proves nothing.
 *
 * @param entry the object of the backup
 * @param targetEtag as the target lists it
 */
record UncheckedObject(IndexRecord entry, String targetEtag) {

  /** Writes an index record with another column for the target's ETag. */
  static final RecordCodec<UncheckedObject> CODEC =
      new RecordCodec<>() {
        @Override
        public String key(UncheckedObject object) {
          return object.entry.key();
        }

        @Override
        public String format(UncheckedObject object) {
          return IndexCodec.INSTANCE.format(object.entry)
              + '\t'
              + FieldText.escape(object.targetEtag);
        }

        @Override
        public UncheckedObject parse(byte[] bytes, int start, int end) {
          int tab = end - 1;
          while (tab > start && bytes[tab] != '\t') {
            tab--;
          }
          String etag = new String(bytes, tab + 1, end - tab - 1, StandardCharsets.UTF_8);
          return new UncheckedObject(
              IndexCodec.INSTANCE.parse(bytes, start, tab), FieldText.unescape(etag));
        }
      };
}

package io.parsecbackup.objectstore.upload;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.parsecbackup.repository.index.ContentCheck;
import io.parsecbackup.repository.index.IndexRecord;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class UncheckedObjectTest {

  @ParameterizedTest
  @EnumSource
  void isTheSameAfterAScratchFile(ContentCheck check) {
    IndexRecord entry =
        new IndexRecord(
            "tab\there/日本",
            5,
            "a".repeat(64),
            "raid1 x -",
            Instant.parse("2026-03-01T10:20:30.456Z"),
            true,
            check);
    for (String etag : new String[] {"", "0123-2", "with a\ttab"}) {
      UncheckedObject object = new UncheckedObject(entry, etag);
      byte[] line = UncheckedObject.CODEC.format(object).getBytes(StandardCharsets.UTF_8);
      assertEquals(object, UncheckedObject.CODEC.parse(line, 0, line.length));
    }
  }
}

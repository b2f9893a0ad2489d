package io.parsecbackup.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompareWithBucketTest {

  @TempDir Path objects;

  private final EmbeddedS3 s3 = EmbeddedS3.open();
  private final S3Bucket bucket = s3.bucket("bucket");

  private void copied(int count) throws IOException {
    Files.createDirectories(objects.resolve("Élan-日本"));
    for (int i = 0; i < count; i++) {
      String key = "Élan-日本/" + i;
      bucket.put(key, "object " + i);
      Files.writeString(objects.resolve(key), "object " + i);
    }
  }

  @AfterEach
  void stop() {
    s3.close();
  }

  @Test
  void findsNothingWhenBothAreEqual() throws IOException {
    // More than one page of a listing.
    copied(1001);
    CompareWithBucket.Result result = compare();
    assertEquals(List.of(), result.differences());
    assertEquals(1001, result.objects());
    assertEquals(1001 * 7 + 10 + 90 * 2 + 900 * 3 + 4, result.bytes());
  }

  @Test
  void findsAMissingADifferentAndAnExtraFile() throws IOException {
    copied(3);
    Files.delete(objects.resolve("Élan-日本/0"));
    Files.writeString(objects.resolve("Élan-日本/1"), "Object 1");
    Files.writeString(objects.resolve("Élan-日本/one more"), "");
    assertEquals(
        List.of(
            "Élan-日本/0: in the bucket, but not in objects/",
            "Élan-日本/1: other bytes than in the bucket",
            "Élan-日本/one more: in objects/, but not in the bucket"),
        compare().differences());
  }

  @Test
  void refusesAnythingButASingleS3Config() {
    for (String config : List.of("MOCKED", "", "s3:a:b:c:d", "s3:a:b:c:d:e:f", "raid0:0:s3:a:b")) {
      assertThrows(
          IllegalArgumentException.class, () -> CompareWithBucket.compare(objects, config), config);
    }
  }

  private CompareWithBucket.Result compare() throws IOException {
    return CompareWithBucket.compare(objects, s3.setting("bucket"));
  }
}

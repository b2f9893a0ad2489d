package io.parsecbackup.objectstore.upload;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.testing.Content;
import io.parsecbackup.testing.EmbeddedS3;
import io.parsecbackup.testing.S3Bucket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/** Uploads in a process with little memory. */
@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD)
class UploadProcessTest {

  @TempDir Path folder;

  @Test
  void holdsNeitherAllKeysNorAllBytesInMemory() throws Exception {
    try (EmbeddedS3 s3 = EmbeddedS3.open()) {
      S3Bucket bucket = s3.bucket("restored");
      Path objects = Files.createDirectories(folder.resolve("objects"));
      for (int i = 0; i < 150; i++) {
        Files.write(objects.resolve("o" + i), Content.generated("o", i, 700_000).bytes());
      }
      // Enough objects for several pages in each range of the listing.
      for (int i = 0; i < 20_000; i++) {
        bucket.put("lost/%032d-other".formatted(i), Content.generated("x", 1, 10));
      }
      String said = restore(s3, 300_000);
      assertTrue(said.contains("sent=150 damaged=300000"), said);
      for (int i = 0; i < 150; i++) {
        assertEquals(
            Content.generated("o", i, 700_000).md5(),
            bucket.object("o" + i).orElseThrow().content().md5());
      }
    }
  }

  private String restore(EmbeddedS3 s3, int lost) throws Exception {
    ProcessBuilder process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx96m",
                    "-XX:MaxDirectMemorySize=64m",
                    "-XX:TieredStopAtLevel=1",
                    "-XX:+UseSerialGC",
                    "-XX:+ExitOnOutOfMemoryError",
                    "-cp",
                    System.getProperty("java.class.path"),
                    UploadProcess.class.getName(),
                    s3.endpoint().toString(),
                    "restored",
                    s3.accessKey(),
                    folder.toString(),
                    Integer.toString(lost)))
            .redirectErrorStream(true);
    process.environment().put("SECRET", s3.secretKey());
    Process child = process.start();
    child.getOutputStream().close();
    String said = new String(child.getInputStream().readAllBytes(), UTF_8);
    assertEquals(0, child.waitFor(), said);
    return said;
  }
}

package io.parsecbackup.backup;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.testing.BucketServer;
import io.parsecbackup.testing.CrashLab;
import io.parsecbackup.testing.Fault;
import io.parsecbackup.testing.ParsecData;
import io.parsecbackup.testing.RepositoryProof;
import io.parsecbackup.testing.S3Request;
import io.parsecbackup.testing.Victim;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two processes back up to one repository at once, the second as if on another machine. */
class TwoWritersTest {

  @TempDir static Path scratch;

  @Test
  void theSecondIsRefusedAndTheErrorNamesTheHolder() throws Exception {
    try (BucketServer.Use bucket = BucketServer.use();
        CrashLab lab = CrashLab.start(ParsecData.Spec.of(3, 512), scratch)) {
      Path repository = lab.place();
      String held = lab.bucket().list().first();
      lab.proxy().when(S3Request.Kind.GET_OBJECT, held, new Fault.Hang());
      try (Victim first = lab.start(repository, "never", 1, Map.of())) {
        await()
            .atMost(Duration.ofMinutes(3))
            .until(() -> {
              assertTrue(first.isAlive(), first::output);
              return lab.proxy().fetched().contains(held);
            });
        Map<String, String> elsewhere =
            BucketServer.elsewhere(Files.createTempDirectory(scratch, "elsewhere"));
        try (Victim second = lab.start(repository, "never", 1, elsewhere)) {
          assertEquals(4, second.exitCode(), second::output);
          String run = only(new RepositoryProof(repository), "runs").replace(".json", "");
          assertTrue(
              second
                  .output()
                  .matches(
                      "(?s).*another run holds the repository: backup "
                          + run
                          + ", process [0-9]+ \\(its lease ends at [0-9T:-]+Z unless it is"
                          + " renewed\\)\\. .*"),
              second::output);
        }
        lab.proxy().reset();
        assertEquals(0, first.exitCode(), first::output);
      }
      RepositoryProof proof = new RepositoryProof(repository);
      assertEquals(1, proof.backups().size());
      proof.allAreWhole();
      proof.holds(lab.bucket());
    }
  }

  /** The name of the only file in a folder of the repository. */
  private static String only(RepositoryProof proof, String folder) {
    List<String> names =
        proof.everything().keySet().stream()
            .filter(name -> name.startsWith(folder + "/"))
            .map(name -> name.substring(folder.length() + 1))
            .toList();
    assertEquals(1, names.size(), names::toString);
    return names.getFirst();
  }
}

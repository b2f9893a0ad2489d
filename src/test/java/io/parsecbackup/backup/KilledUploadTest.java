package io.parsecbackup.backup;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.job.JobState;
import io.parsecbackup.testing.BucketServer;
import io.parsecbackup.testing.Checkpoints;
import io.parsecbackup.testing.CrashLab;
import io.parsecbackup.testing.Fault;
import io.parsecbackup.testing.FaultyProxy;
import io.parsecbackup.testing.ParsecData;
import io.parsecbackup.testing.ParsecStack;
import io.parsecbackup.testing.RepositoryPlace;
import io.parsecbackup.testing.RepositoryProof;
import io.parsecbackup.testing.Victim;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real {@code kill -9} while the parts of a dump are uploaded to a bucket. */
class KilledUploadTest {

  /** The dump has three parts of 5 MiB. A digest in hexadecimal is compressed to half its size. */
  private static final String FILLER =
      "CREATE TABLE filler AS SELECT string_agg(md5(random()::text), '') AS digests"
          + " FROM generate_series(1, 800000) AS i GROUP BY i % 800";

  @TempDir static Path scratch;

  @Test
  void theNextRunEndsTheUpload() throws Exception {
    Path repository = scratch.resolve("repository");
    try (BucketServer.Use bucket = BucketServer.use();
        CrashLab lab = CrashLab.start(ParsecData.Spec.of(3, 512), scratch);
        FaultyProxy proxy = FaultyProxy.before(BucketServer.endpoint(repository))) {
      lab.stack().database().execute(ParsecStack.NAME, FILLER, "GRANT SELECT ON filler TO PUBLIC");
      proxy.when(
          request -> request.method().equals("PUT") && request.target().contains("partNumber=2"),
          new Fault.Hang());
      try (Victim victim =
          lab.start(repository, "never", 1, BucketServer.through(proxy.endpoint(), repository))) {
        await()
            .atMost(Duration.ofMinutes(3))
            .until(() -> {
              assertTrue(victim.isAlive(), victim::output);
              return proxy.requests().stream()
                  .anyMatch(request -> request.target().contains("partNumber=2"));
            });
        victim.kill();
        assertEquals(Victim.KILLED, victim.exitCode());
        victim.awaitNoSurvivors();
      }
      List<String> left = BucketServer.unfinishedUploads(repository);
      assertEquals(1, left.size(), left::toString);
      assertTrue(left.getFirst().endsWith("/database.dump"), left::toString);
      RepositoryPlace.awaitFree(repository);

      List<List<String>> atTheStart = new ArrayList<>();
      Checkpoints checkpoints =
          new Checkpoints((step, occurrence) -> {
            if (atTheStart.isEmpty()) {
              atTheStart.add(BucketServer.unfinishedUploads(repository));
            }
          });
      assertEquals(JobState.COMPLETE, lab.run(repository, checkpoints).document().state());

      // When the run writes its first file, nothing is left.
      assertEquals(List.of(List.of()), atTheStart);
      assertEquals(List.of(), BucketServer.unfinishedUploads(repository));
      RepositoryProof proof = new RepositoryProof(repository);
      proof.allAreWhole();
      assertEquals(1, proof.backups().size());
    }
  }
}

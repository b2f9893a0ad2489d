package io.parsecbackup.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parsecbackup.backup.Backup;
import io.parsecbackup.backup.BackupService;
import io.parsecbackup.job.JobEnd;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.repository.storage.SealedJson;
import io.parsecbackup.repository.storage.folder.StableStorage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A source to back up, with a counting proxy in front of its bucket. Takes backups of it, and kills
 * some of them.
 */
public final class CrashLab implements AutoCloseable {

  private final ParsecStack stack;
  private final FaultyProxy proxy;
  private final Path scratch;

  private CrashLab(ParsecStack stack, Path scratch) {
    this.stack = stack;
    this.proxy = FaultyProxy.before(stack.s3().endpoint());
    this.scratch = scratch;
  }

  /**
   * Starts the source.
   *
   * @param scratch a folder for repositories and temporary files
   */
  public static CrashLab start(ParsecData.Spec spec, Path scratch) {
    return new CrashLab(ParsecStack.start(spec), scratch);
  }

  public ParsecStack stack() {
    return stack;
  }

  public S3Bucket bucket() {
    return stack.bucket();
  }

  public FaultyProxy proxy() {
    return proxy;
  }

  /** The settings with which a program backs up this source. */
  public Map<String, String> environment() {
    return stack.environment(proxy.endpoint().toString());
  }

  /** The core in this JVM. */
  public BackupService core(Path repository, Consumer<String> checkpoint) {
    return PlainCore.backups(repository, environment(), new StableStorage(checkpoint));
  }

  /** A run in this JVM. */
  public JobEnd<Backup> run(Path repository, Consumer<String> checkpoint) {
    BackupService backups = core(repository, checkpoint);
    return backups.start(Trigger.CLI).execute();
  }

  /** An undisturbed run in this JVM. */
  public Backup backup(Path repository) {
    return run(repository, step -> {}).document();
  }

  /** A run in this JVM by a strategy that a test chooses. */
  public JobEnd<Backup> run(Path repository, PlainCore.Sync sync) {
    BackupService backups =
        PlainCore.backups(
            repository,
            environment(),
            new StableStorage(),
            PlainCore.Limits.USUAL,
            sync,
            Clock.systemUTC());
    return backups.start(Trigger.CLI).execute();
  }

  /** The backups that the program lists, oldest first. */
  public List<String> visible(Path repository) {
    try {
      return core(repository, step -> {}).catalog().published().stream()
          .map(Backup::id)
          .toList()
          .reversed();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Changes the newest backup's document and seals it again. */
  public void rewrite(Path repository, Consumer<ObjectNode> change) throws IOException {
    Path json = repository.resolve("backups/" + visible(repository).getLast() + "/backup.json");
    ObjectNode document = SealedJson.open(Files.readAllBytes(json)).orElseThrow();
    change.accept(document);
    Files.write(json, SealedJson.seal(document));
  }

  /** Starts a run in a separate JVM that kills itself at this step, if it reaches it. */
  public Victim start(Path repository, String step, int occurrence, Map<String, String> more) {
    // Creates the bucket, if it is one: like an operator's program, the other process does not.
    RepositoryPlace.setting(repository);
    Map<String, String> environment = new TreeMap<>(environment());
    environment.putAll(more);
    return Victim.java(
        KillableBackup.class,
        environment,
        scratch,
        repository.toString(),
        step,
        Integer.toString(occurrence));
  }

  /** Takes a backup that is killed at this step, and waits until none of its processes runs. */
  public void kill(Path repository, String step, int occurrence) throws InterruptedException {
    kill(repository, step, occurrence, Map.of());
  }

  /** As {@link #kill(Path, String, int)}, with more settings. */
  public void kill(Path repository, String step, int occurrence, Map<String, String> more)
      throws InterruptedException {
    try (Victim victim = start(repository, step, occurrence, more)) {
      assertEquals(Victim.KILLED, victim.exitCode(), victim::output);
      victim.awaitNoSurvivors();
    }
    RepositoryPlace.awaitFree(repository);
  }

  /**
   * Takes a backup after a failure, and checks that it recovers: it fetches only what is missing,
   * is whole, and does not change what was published.
   */
  public Backup recover(Path repository) {
    RepositoryPlace.awaitFree(repository);
    RepositoryProof proof = new RepositoryProof(repository);
    List<String> toFetch = proof.toFetch(bucket());
    Map<String, String> published = proof.published();
    proxy.reset();
    Backup backup = backup(repository);
    assertEquals("complete", backup.state().word(), backup::toString);
    assertEquals(toFetch, proxy.fetched().stream().sorted().toList());
    proof.isUntouched(published);
    proof.allAreWhole();
    proof.holds(bucket());
    assertEquals(backup.id(), proof.backups().getLast());
    return backup;
  }

  /** A folder that does not exist yet. */
  public Path place() {
    try {
      return Files.createTempDirectory(scratch, "place").resolve("repository");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A copy of a repository. */
  public Path copy(Path repository) throws IOException, InterruptedException {
    Path copy = place();
    Process cp = new ProcessBuilder("cp", "-a", repository.toString(), copy.toString()).start();
    assertEquals(0, cp.waitFor());
    RepositoryPlace.copyScratch(repository, copy);
    return copy;
  }

  /** A copy of a repository, as {@link #copy}, for a listener of steps. */
  public Path snapshot(Path repository) {
    try {
      return copy(repository);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    proxy.close();
    stack.close();
  }
}

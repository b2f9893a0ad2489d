package io.parsecbackup.backup.parts;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.Problem;
import io.parsecbackup.backup.Backup;
import io.parsecbackup.backup.BackupService;
import io.parsecbackup.job.Job;
import io.parsecbackup.job.JobEnd;
import io.parsecbackup.job.JobResult;
import io.parsecbackup.job.JobState;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.RepositoryLocks;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.repository.storage.folder.StableStorage;
import io.parsecbackup.testing.CrashLab;
import io.parsecbackup.testing.Fault;
import io.parsecbackup.testing.FolderOnly;
import io.parsecbackup.testing.KillPoints;
import io.parsecbackup.testing.KillableParts;
import io.parsecbackup.testing.ParsecData;
import io.parsecbackup.testing.PlainCore;
import io.parsecbackup.testing.RepositoryPlace;
import io.parsecbackup.testing.RepositoryProof;
import io.parsecbackup.testing.S3Request;
import io.parsecbackup.testing.SameBackups;
import io.parsecbackup.testing.Victim;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A backup in several processes is the same as one in a single process. */
class PartedBackupTest {

  private static final int OBJECTS = 40;
  private static final int PARTS = 4;

  @TempDir static Path scratch;
  private static CrashLab lab;

  @BeforeAll
  static void start() {
    lab = CrashLab.start(ParsecData.Spec.of(OBJECTS, 2048).unreferenced(2, 0), scratch);
  }

  @AfterAll
  static void stop() {
    lab.close();
  }

  @AfterEach
  void reset() {
    lab.proxy().reset();
  }

  private static PartedBackups parted(Path repository) {
    return PlainCore.parted(
        repository, lab.environment(), new StableStorage(), PlainCore.Limits.USUAL);
  }

  private static Victim process(
      Path repository, String step, int number, String checkpoint, int occurrence) {
    RepositoryPlace.setting(repository);
    return Victim.java(
        KillableParts.class,
        lab.environment(),
        scratch,
        repository.toString(),
        step,
        Integer.toString(number),
        checkpoint,
        Integer.toString(occurrence));
  }

  private static JobResult done(Job<JobResult> job) {
    JobEnd<JobResult> end = job.execute();
    assertEquals(JobState.COMPLETE, end.document().state(), end::toString);
    return end.document();
  }

  private static Problem fails(Supplier<Job<?>> start) {
    return assertThrows(Problem.class, start::get);
  }

  private static void runParts(Path repository, int from) {
    for (int part = from; part < PARTS; part++) {
      done(parted(repository).part(part, Trigger.CLI));
    }
  }

  private static Backup backupInOneProcess(Path repository) {
    return lab.run(repository, PlainCore.Sync.REFERENCES).document();
  }

  /** One object does not exist at the source, so that missing.txt is compared too. */
  private static void oneObjectIsGone() {
    String gone = lab.stack().data().referencedKeys().get(OBJECTS / 2);
    lab.proxy().when(S3Request.Kind.GET_OBJECT, gone, Fault.status(404));
  }

  @Test
  void fourProcessesOfWhichOneIsKilledMakeTheSameBackupAsOne() throws Exception {
    oneObjectIsGone();
    Path single = lab.place();
    assertEquals(JobState.INCOMPLETE, backupInOneProcess(single).state());
    Path repository = lab.place();
    int killed = new Random().nextInt(PARTS);
    int twice = (killed + 1) % PARTS;
    done(parted(repository).plan(PARTS, Trigger.CLI));
    List<Victim> parts = new ArrayList<>();
    int at = 1 + new Random().nextInt(OBJECTS / PARTS - 2);
    for (int part = 0; part < PARTS; part++) {
      String checkpoint = part == killed ? "after rename to OBJECT" : "never";
      parts.add(process(repository, "part", part, checkpoint, at));
    }
    for (int part = 0; part < PARTS; part++) {
      try (Victim process = parts.get(part)) {
        assertEquals(part == killed ? Victim.KILLED : 0, process.exitCode(), process::output);
      }
    }
    Problem early = fails(() -> parted(repository).join());
    assertTrue(
        String.valueOf(early.getMessage()).contains("parts are not done: " + killed + "."),
        early::toString);
    assertEquals(List.of(), new RepositoryProof(repository).backups());
    awaitPart(repository, killed);
    done(parted(repository).part(twice, Trigger.CLI));
    lab.proxy().reset();
    oneObjectIsGone();
    done(parted(repository).part(killed, Trigger.CLI));
    // What the killed process had stored is read back, and not fetched again.
    assertTrue(lab.proxy().fetched().size() <= OBJECTS / PARTS - at + 1);

    Backup joined = parted(repository).join().execute().document();
    assertEquals(JobState.INCOMPLETE, joined.state());
    SameBackups.of(single, repository).areTheSame();
    Map<String, String> published = new RepositoryProof(repository).published();
    Backup again = parted(repository).join().execute().document();
    assertEquals(joined.id(), again.id());
    new RepositoryProof(repository).isUntouched(published);
    // An ordinary run follows, and removes what is left of the plan.
    lab.proxy().reset();
    assertEquals(JobState.COMPLETE, backupInOneProcess(repository).state());
    assertEquals(JobState.COMPLETE, backupInOneProcess(single).state());
    SameBackups.of(single, repository).areTheSame();
  }

  /** In a bucket, the part's lease must have run out. */
  private static void awaitPart(Path repository, int part) {
    await().atMost(Duration.ofSeconds(60)).until(() -> !isHeld(repository, part));
  }

  private static boolean isHeld(Path repository, int part) throws IOException {
    return locks(repository).isPartHeld(Layout.partLock(planned(repository), part));
  }

  private static RepositoryLocks locks(Path repository) {
    return PlainCore.repository(repository).storage().locks();
  }

  private static RunId planned(Path repository) throws IOException {
    return PlainCore.repository(repository).plans().newest().orElseThrow().id();
  }

  @Test
  void aPlanKeepsOtherRunsAwayUntilItIsDiscarded() throws Exception {
    Path repository = lab.place();
    done(parted(repository).plan(PARTS, Trigger.CLI));
    RunId id = planned(repository);
    for (Supplier<Job<?>> other :
        List.<Supplier<Job<?>>>of(
            () -> lab.core(repository, step -> {}).start(Trigger.SCHEDULE),
            () -> parted(repository).plan(2, Trigger.CLI))) {
      Problem held = fails(other);
      assertEquals(4, held.exitCode());
      assertTrue(String.valueOf(held.getMessage()).contains("'backup --join'"), held::toString);
    }
    assertEquals(
        JobState.RUNNING,
        lab.core(repository, step -> {}).catalog().find(id).orElseThrow().state());
    done(parted(repository).part(1, Trigger.CLI));
    List<String> fetched = lab.proxy().fetched();
    assertEquals(OBJECTS / PARTS, fetched.size());
    Files.writeString(repository.resolve("objects").resolve(fetched.getFirst()), "damaged");

    try (RepositoryLocks.Held part = locks(repository).ofPart(Layout.partLock(id, 0), "a test")) {
      Problem held = fails(() -> parted(repository).part(0, Trigger.CLI));
      assertEquals(4, held.exitCode());
      held = assertThrows(Problem.class, () -> parted(repository).discard());
      assertTrue(String.valueOf(held.getMessage()).startsWith("part 0 of "), held::toString);
      assertTrue(part.lost().isEmpty());
    }
    assertEquals(id, parted(repository).discard());
    assertEquals(Problem.Kind.NOT_FOUND, fails(() -> parted(repository).join()).kind());
    lab.proxy().reset();
    assertEquals(JobState.COMPLETE, backupInOneProcess(repository).state());
    assertEquals(OBJECTS - OBJECTS / PARTS + 1, lab.proxy().fetched().size());
    assertTrue(lab.proxy().fetched().contains(fetched.getFirst()));
    new RepositoryProof(repository).allAreWhole();
    assertEquals(
        JobState.FAILED, lab.core(repository, step -> {}).catalog().find(id).orElseThrow().state());
  }

  @Test
  void theNextBackupEndsAPlanThatHasExpired() {
    Path repository = lab.place();
    done(parted(repository).plan(PARTS, Trigger.CLI));
    done(parted(repository).part(0, Trigger.CLI));
    lab.proxy().reset();
    Duration later = PlainCore.Limits.USUAL.run().plusSeconds(5);
    BackupService backups =
        PlainCore.backups(
            repository,
            lab.environment(),
            new StableStorage(),
            PlainCore.Limits.USUAL,
            PlainCore.Sync.REFERENCES,
            Clock.offset(Clock.systemUTC(), later));
    assertEquals(JobState.COMPLETE, backups.start(Trigger.SCHEDULE).execute().document().state());
    assertEquals(OBJECTS - OBJECTS / PARTS, lab.proxy().fetched().size());
    assertEquals(
        Problem.Kind.NOT_FOUND, fails(() -> parted(repository).part(1, Trigger.CLI)).kind());
  }

  @Test
  void thePartIsDoneAlsoIfItsObjectsCannotBeReadAndTheJoinNamesThem() throws Exception {
    Path repository = lab.place();
    done(parted(repository).plan(PARTS, Trigger.CLI));
    lab.proxy().when(S3Request.Kind.GET_OBJECT, Fault.status(403));
    JobResult part = done(parted(repository).part(0, Trigger.CLI));
    assertTrue(part.done().toString().contains("could not be fetched"), part::toString);
    lab.proxy().reset();
    runParts(repository, 1);
    Backup joined = parted(repository).join().execute().document();
    assertEquals(OBJECTS / PARTS, joined.objects().orElseThrow().failed());
    try (Stream<String> missing =
        Files.lines(repository.resolve("backups").resolve(joined.id()).resolve("missing.txt"))) {
      assertEquals(OBJECTS / PARTS, missing.filter(line -> line.contains("403")).count());
    }
  }

  @Test
  void refusesStepsThatDoNotExistAndNeedsNoDatabaseForAPart() {
    Path repository = lab.place();
    assertEquals(
        Problem.Kind.CONFIGURATION, fails(() -> parted(repository).plan(0, Trigger.CLI)).kind());
    done(parted(repository).plan(PARTS, Trigger.CLI));
    Problem high = fails(() -> parted(repository).part(PARTS, Trigger.CLI));
    assertEquals(2, high.exitCode());
    assertTrue(String.valueOf(high.getMessage()).contains("from 0 to 3"), high::toString);
    Map<String, String> other = new TreeMap<>(lab.environment());
    other.computeIfPresent(
        "PARSEC_BLOCKSTORE",
        (key, value) -> value.replace(lab.bucket().name(), lab.bucket().name() + "-other"));
    Problem bucket =
        fails(() ->
            PlainCore.parted(repository, other, new StableStorage(), PlainCore.Limits.USUAL)
                .part(0, Trigger.CLI));
    assertEquals(2, bucket.exitCode(), bucket::toString);
    Map<String, String> withoutDatabase = new TreeMap<>(lab.environment());
    withoutDatabase.remove("PARSEC_DB");
    done(
        PlainCore.parted(repository, withoutDatabase, new StableStorage(), PlainCore.Limits.USUAL)
            .part(0, Trigger.CLI));
  }

  /** The state of the files at each step of a join: what a kill at that moment leaves. */
  @Test
  @FolderOnly("a copy of a bucket has the lease of the process that it was copied from")
  void aJoinThatIsKilledAnywhereIsFinishedByAnother() throws Exception {
    oneObjectIsGone();
    Path single = lab.place();
    backupInOneProcess(single);
    Path repository = lab.place();
    done(parted(repository).plan(PARTS, Trigger.CLI));
    runParts(repository, 0);
    List<Path> states = states(repository, parted -> parted.join());
    assertTrue(states.size() > 3, () -> "" + states);
    for (Path state : states) {
      assertEquals(JobState.INCOMPLETE, parted(state).join().execute().document().state());
      SameBackups.of(single, state).areTheSame();
    }
  }

  /** As above, of a plan: it is either not there, or complete. */
  @Test
  @FolderOnly("a copy of a bucket has the lease of the process that it was copied from")
  void aPlanThatIsKilledAnywhereIsThereOrNot() throws Exception {
    Path single = lab.place();
    backupInOneProcess(single);
    Path repository = lab.place();
    List<Path> states = states(repository, parted -> parted.plan(2, Trigger.CLI));
    int planned = 0;
    for (Path state : states) {
      if (PlainCore.repository(state).plans().open().isPresent()) {
        planned++;
        done(parted(state).part(0, Trigger.CLI));
        done(parted(state).part(1, Trigger.CLI));
        assertEquals(JobState.COMPLETE, parted(state).join().execute().document().state());
        SameBackups.of(single, state).areTheSame();
      } else {
        assertEquals(JobState.COMPLETE, backupInOneProcess(state).state());
        new RepositoryProof(state).allAreWhole();
      }
    }
    assertTrue(planned > 0, () -> "" + states);
  }

  /** Copies of the files at the steps of a job, of some if only the disk's state differs. */
  private static List<Path> states(Path repository, Function<PartedBackups, Job<?>> start) {
    List<Path> states = new ArrayList<>();
    AtomicInteger steps = new AtomicInteger();
    Consumer<String> copy =
        step -> {
          boolean isLast = step.endsWith("plan.json") || step.endsWith("backup.json");
          if (isLast || KillPoints.isReal(steps.getAndIncrement())) {
            states.add(lab.snapshot(repository));
          }
        };
    PartedBackups backups =
        PlainCore.parted(
            repository, lab.environment(), new StableStorage(copy), PlainCore.Limits.USUAL);
    start.apply(backups).execute();
    return states;
  }
}

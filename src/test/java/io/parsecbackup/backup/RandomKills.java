package io.parsecbackup.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.testing.CrashLab;
import io.parsecbackup.testing.ParsecData;
import io.parsecbackup.testing.RepositoryPlace;
import io.parsecbackup.testing.RepositoryProof;
import io.parsecbackup.testing.Victim;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Kills a program, by a real {@code kill -9}, at random moments of its run. {@code -Dkill.seed=}
 * repeats the moments of an earlier test, {@code -Dkill.rounds=50}, which {@code .ci/run} sets,
 * sets their number.
 */
final class RandomKills {

  private static final Logger LOG = Logger.getLogger(RandomKills.class);

  private static final int ROUNDS = Integer.getInteger("kill.rounds", 3);

  /** After this many kills, an undisturbed run must recover everything. */
  private static final int EVERY = 3;

  private static final int NEW = 50;

  /** Objects whose bytes are never final, so that they can be replaced. */
  private static final int ORPHANS = 10;

  private final CrashLab lab;
  private final Program program;
  private final Path repository;
  private final RepositoryProof proof;

  /** How long the last undisturbed run took until it locked the repository, and until its end. */
  private Duration untilLocked = Duration.ZERO;

  private Duration untilEnd = Duration.ZERO;

  /** Starts a backup in a process of its own. */
  interface Program {
    Victim start(CrashLab lab, Path repository, String strategy);
  }

  private RandomKills(CrashLab lab, Program program) {
    this.lab = lab;
    this.program = program;
    this.repository = lab.place();
    this.proof = new RepositoryProof(repository);
  }

  /** Kills the program as often as the property says. */
  static void of(Program program, Path scratch) throws Exception {
    ParsecData.Spec spec = ParsecData.Spec.of(300, 16 * 1024).unreferenced(ORPHANS, 0);
    try (CrashLab lab = CrashLab.start(spec, scratch)) {
      RandomKills kills = new RandomKills(lab, program);
      kills.theNextRunRecoversFromEveryKill();
    }
  }

  private void theNextRunRecoversFromEveryKill() throws Exception {
    long seed = Long.getLong("kill.seed", System.nanoTime());
    LOG.infof("-Dkill.seed=%d", seed);
    Random random = new Random(seed);
    runToTheEnd(0);
    int midway = 0;
    for (int round = 1; round <= ROUNDS; round++) {
      Kill kill;
      int tries = 0;
      do {
        assertTrue(tries++ < 20, "the runs end before they can be killed");
        change(random);
        Duration moment = moment(round, random);
        kill = killOnce(round, moment, strategy(random));
        if (kill == Kill.TOO_LATE) {
          // Runs are now shorter than the one that was measured.
          untilEnd = moment;
          untilLocked = untilLocked.compareTo(moment) < 0 ? untilLocked : moment.dividedBy(2);
        }
      } while (kill == Kill.TOO_LATE);
      if (kill == Kill.AT_WORK) {
        midway++;
      }
      if (round % EVERY == 0 || round == ROUNDS) {
        runToTheEnd(round);
      }
    }
    LOG.infof("%d of %d kills hit a run that had locked the repository", midway, ROUNDS);
    // Of a few kills, all may come too early on a busy machine.
    assertTrue(
        ROUNDS < 6 || midway >= ROUNDS / 4,
        "too few kills hit a run that had locked the repository: " + midway);
  }

  /** Adds objects, and sometimes replaces the bytes of a key that no row names. */
  private void change(Random random) {
    lab.stack().data().addBlocks(NEW);
    if (random.nextInt(3) == 0) {
      List<String> keys = new ArrayList<>(lab.bucket().list());
      keys.removeAll(lab.stack().data().referencedKeys());
      lab.bucket().put(keys.get(random.nextInt(keys.size())), "replaced " + random.nextLong());
    }
  }

  /**
   * Every third kill comes at any moment of the program's life, the others after it has started to
   * work.
   */
  private Duration moment(int round, Random random) {
    Duration from = round % EVERY == 1 ? Duration.ZERO : untilLocked;
    return from.plusNanos((long) (random.nextDouble() * untilEnd.minus(from).toNanos()));
  }

  private enum Kill {
    /** The run held the repository. */
    AT_WORK,
    TOO_EARLY,
    TOO_LATE
  }

  private static String strategy(Random random) {
    return random.nextBoolean() ? "references" : "listing";
  }

  private Kill killOnce(int round, Duration moment, String strategy) throws Exception {
    List<String> toFetch = proof.toFetch(lab.bucket());
    Map<String, String> published = proof.published();
    List<String> before = proof.backups();
    Set<String> scratchBefore = scratchOfRuns();
    lab.proxy().reset();
    String at =
        "round " + round + " by " + strategy + ", killed after " + moment.toMillis() + " ms";
    boolean ended;
    try (Victim victim = program.start(lab, repository, strategy)) {
      ended = victim.endsWithin(moment);
      victim.kill();
      assertTrue(List.of(0, Victim.KILLED).contains(victim.exitCode()), victim::output);
      victim.awaitNoSurvivors();
    }
    List<String> fetched = lab.proxy().fetched().stream().sorted().toList();
    assertEquals(fetched.stream().distinct().toList(), fetched, at);
    assertTrue(toFetch.containsAll(fetched), at);
    proof.isUntouched(published);
    List<String> now = proof.backups();
    now.stream().filter(id -> !before.contains(id)).forEach(proof::isWhole);
    proof.objectsAreStored();
    assertEquals(now, lab.visible(repository), at);
    LOG.infof(
        "%s: fetched %d of %d, %s",
        at, fetched.size(), toFetch.size(), ended ? "had ended" : "killed");
    if (ended) {
      return Kill.TOO_LATE;
    }
    boolean began = now.size() > before.size() || !scratchOfRuns().equals(scratchBefore);
    RepositoryPlace.awaitFree(repository);
    return began ? Kill.AT_WORK : Kill.TOO_EARLY;
  }

  private Set<String> scratchOfRuns() throws IOException {
    try (Stream<Path> files = Files.list(RepositoryPlace.scratch(repository))) {
      return files.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
    }
  }

  /** An undisturbed run, which must recover everything. */
  private void runToTheEnd(int round) throws Exception {
    List<String> toFetch = proof.toFetch(lab.bucket());
    Map<String, String> published = proof.published();
    int before = proof.backups().size();
    lab.proxy().reset();
    try (Victim victim = program.start(lab, repository, "listing")) {
      long start = System.nanoTime();
      Path lock = repository.resolve("lock");
      long old = Files.exists(lock) ? Files.getLastModifiedTime(lock).toMillis() : 0;
      boolean locked = false;
      while (!victim.endsWithin(Duration.ofMillis(10))) {
        if (!locked && Files.exists(lock) && Files.getLastModifiedTime(lock).toMillis() > old) {
          locked = true;
          untilLocked = Duration.ofNanos(System.nanoTime() - start);
        }
      }
      untilEnd = Duration.ofNanos(System.nanoTime() - start);
      assertEquals(0, victim.exitCode(), () -> "round " + round + ": " + victim.output());
      victim.awaitNoSurvivors();
    }
    assertEquals(toFetch, lab.proxy().fetched().stream().sorted().toList(), "round " + round);
    proof.isUntouched(published);
    proof.allAreWhole();
    proof.holds(lab.bucket());
    assertEquals(before + 1, proof.backups().size());
    LOG.infof(
        "round %d: fetched %d in %d ms, held the repository after %d ms",
        round, toFetch.size(), untilEnd.toMillis(), untilLocked.toMillis());
  }
}

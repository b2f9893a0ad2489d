package io.parsecbackup.restore;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.Problem;
import io.parsecbackup.TargetText;
import io.parsecbackup.backup.Backup;
import io.parsecbackup.backup.BackupCatalog;
import io.parsecbackup.backup.BackupService;
import io.parsecbackup.backup.adopt.Adoption;
import io.parsecbackup.backup.doctor.CheckResult;
import io.parsecbackup.job.Job;
import io.parsecbackup.job.JobEnd;
import io.parsecbackup.job.JobResult;
import io.parsecbackup.job.JobState;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.repository.storage.folder.StableStorage;
import io.parsecbackup.restore.RestoreRequest.Part;
import io.parsecbackup.testing.CrashLab;
import io.parsecbackup.testing.FileFacts;
import io.parsecbackup.testing.ForgedBackup;
import io.parsecbackup.testing.ParsecData;
import io.parsecbackup.testing.ParsecStack;
import io.parsecbackup.testing.PlainCore;
import io.parsecbackup.testing.RepositoryPlace;
import io.parsecbackup.testing.RepositoryProof;
import io.parsecbackup.testing.Trap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * With any content in a repository, no command reads, changes or deletes anything outside of it,
 * and none hangs. Whole backups are still listed, and a new one can be taken. Tests every command
 * with every file of the layout.
 */
class HostileRepositoryTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final boolean IN_FOLDER = RepositoryPlace.kind() == RepositoryPlace.Kind.FOLDER;

  private static final String ALL_FILES = "all files";
  private static final String ORGANIZATION = "objects/an-organization";
  private static final String IDENTITY = "parsec-backup.json";

  @TempDir static Path scratch;
  private static CrashLab lab;
  private static Path outside;
  private static Path prepared;
  private static String whole;
  private static String object;
  private static String displaced;
  private static int targets;

  /** Each forged backup has one file, or its folder, replaced. */
  private static final Map<String, String> FORGED =
      Map.of(
          "backup.json", "20260101T000000Z",
          "SHA256SUMS", "20260102T000000Z",
          "database.dump", "20260103T000000Z",
          "references.tsv", "20260104T000000Z",
          "missing.txt", "20260105T000000Z",
          "index", "20260106T000000Z",
          "", "20260107T000000Z");

  @BeforeAll
  static void prepare() throws Exception {
    lab = CrashLab.start(ParsecData.Spec.of(4, 512), scratch);
    outside = Trap.outside(scratch.resolve("outside"));
    prepared = lab.place();
    whole = lab.backup(prepared).id();
    List<String> keys = List.copyOf(lab.bucket().list());
    object = keys.get(0);
    displaced = keys.get(1);
    for (Map.Entry<String, String> file : FORGED.entrySet()) {
      List<String> missing =
          file.getKey().equals("missing.txt") ? List.of(object + "\tabsent") : List.of();
      ForgedBackup.copy(prepared, whole, file.getValue(), missing);
    }
  }

  @AfterAll
  static void stop() {
    lab.close();
  }

  /** Files and folders that belong to one backup, run, job or object. */
  private static List<String> places() {
    List<String> places = new ArrayList<>();
    FORGED.forEach((file, id) ->
        places.add(file.equals("index") ? "index/" + id + ".tsv" : ("backups/" + id + "/" + file)));
    String sha256 = FileFacts.sha256(prepared.resolve("objects/" + displaced));
    places.addAll(
        List.of(
            "index/20260108T000000Z.tsv",
            "index/20260109T000000Z.json",
            "index/20260110T000000Z.merged.tsv",
            "index/20260110T000000Z.merged.json",
            "index/" + FORGED.get("index") + ".made-up-for.json",
            "runs/20260111T000000Z.json",
            "runs/" + whole + ".json",
            "checks/20260112T000000Z-verify.json",
            "checks/20260113T000000Z-damaged.tsv",
            "objects/" + object,
            "conflicts/" + displaced + "/" + sha256,
            "conflicts/" + displaced + "/unreadable",
            "tmp/20260114T000000Z",
            "tmp/20260115T000000Z/journal.tsv",
            "tmp/20260116T000000Z/alive",
            "tmp/probe",
            "tmp/run-20260117T000000Z.json",
            "tmp/parsec-backup.json"));
    return places;
  }

  private static boolean isDocument(String place) {
    return place.endsWith(".json") || place.endsWith("SHA256SUMS");
  }

  static Stream<Arguments> cases() {
    Stream<Arguments> files = Stream.of(Trap.values()).map(trap -> Arguments.of(ALL_FILES, trap));
    Stream<Arguments> folders =
        Stream.of("objects", "conflicts", "index", "backups", "runs", "checks", "tmp", ORGANIZATION)
            .flatMap(place ->
                Stream.of(Trap.LINK_TO_FOLDER, Trap.FIFO).map(trap -> Arguments.of(place, trap)));
    Stream<Arguments> shared =
        Stream.of("lock", IDENTITY)
            .flatMap(place ->
                Stream.of(Trap.LINK_TO_FILE, Trap.LINK_TO_FIFO, Trap.FIFO, Trap.SOCKET)
                    .map(trap -> Arguments.of(place, trap)));
    return Stream.of(files, folders, shared, Stream.of(Arguments.of(IDENTITY, Trap.OVERSIZE)))
        .flatMap(stream -> stream)
        // A bucket has no links, FIFOs or sockets.
        .filter(one -> IN_FOLDER || one.get()[1] == Trap.OVERSIZE);
  }

  @ParameterizedTest(name = "{1} as {0}")
  @MethodSource("cases")
  void followsNoTrapAndDoesNotHang(String place, Trap trap) throws Exception {
    Path repository = lab.copy(prepared);
    boolean all = place.equals(ALL_FILES);
    List<String> set =
        all
            ? places().stream().filter(p -> trap != Trap.OVERSIZE || isDocument(p)).toList()
            : List.of(place.replace("an-organization", object.replaceFirst("/.*", "")));
    for (String one : set) {
      trap.set(repository.resolve(one), outside);
    }
    List<String> more = all ? List.copyOf(FORGED.values()) : List.of();
    AllCommands commands = new AllCommands(repository, more);
    commands.runAll();
    if (all) {
      assertListsTheOthers(commands, trap);
      commands.assertHasANewBackup();
    } else if (place.equals(IDENTITY)) {
      // The adoption has bound it again.
      commands.backup();
      commands.assertHasANewBackup();
    } else if (!place.equals(ORGANIZATION)) {
      assertTrue(
          commands.output("doctor").contains("contains a file that the program does not open"),
          commands::output);
    }
  }

  private static void assertListsTheOthers(AllCommands commands, Trap trap) {
    Set<String> expected = new TreeSet<>(FORGED.values());
    Set<String> damaged = new TreeSet<>(Set.of(FORGED.get("backup.json")));
    if (trap != Trap.OVERSIZE) {
      damaged.add(FORGED.get(""));
    }
    expected.add(whole);
    expected.removeAll(damaged);
    assertEquals(expected, commands.listed, commands::output);
    assertEquals(damaged, commands.damaged, commands::output);
    assertTrue(commands.output("doctor").contains("runs/20260111T000000Z.json"), commands::output);
    assertTrue(
        commands.output("doctor").contains("checks/20260112T000000Z-verify.json"),
        commands::output);
  }

  private static ForgedBackup forged(Path repository, String file) {
    return new ForgedBackup(repository, Objects.requireNonNull(FORGED.get(file)));
  }

  /** All seals and digests are valid: anyone who can write to a repository can compute them. */
  @Test
  void reportsANameThatLeavesItsFolderAsDamageAndDoesNotReadIt() throws Exception {
    Path repository = lab.copy(prepared);
    String digest = FileFacts.sha256(outside.resolve("file"));
    String above = "../../outside/file";
    ForgedBackup sums = forged(repository, "SHA256SUMS");
    sums.seal(List.of(digest + "  " + above));
    ForgedBackup dump = forged(repository, "backup.json");
    dump.rewrite(document ->
        document.withObject("/dump").put("file", "../../" + above).put("sha256", digest));
    ForgedBackup unnamed = forged(repository, "database.dump");
    if (IN_FOLDER) {
      Files.createSymbolicLink(unnamed.folder().resolve("other.dump"), outside.resolve("fifo"));
    }
    unnamed.rewrite(document -> document.withObject("/dump").put("file", "other.dump"));
    // The index names the secret as an object; a link in the object's place leads to it.
    long size = Files.size(outside.resolve("file"));
    ForgedBackup index = forged(repository, "index");
    List<String> lines =
        Stream.of("../" + above, object)
            .map(key -> key + "\t" + size + "\t" + digest + "\t\t0\tcovered")
            .toList();
    Files.write(index.segment(), lines, StandardOpenOption.APPEND);
    index.seal(List.of());
    ForgedBackup lists = forged(repository, "missing.txt");
    Files.writeString(lists.folder().resolve("missing.txt"), "../" + above + "\tabsent\n");
    Files.writeString(lists.folder().resolve("references.tsv"), "../" + above + "\t" + size + "\n");
    lists.seal(List.of());
    if (IN_FOLDER) {
      Trap.LINK_TO_FILE.set(repository.resolve("objects/" + object), outside);
    }
    Path dead =
        Files.createDirectories(RepositoryPlace.scratch(repository).resolve("20260115T000000Z"));
    Files.write(dead.resolve("journal.tsv"), lines);
    Files.write(
        Files.createDirectories(repository.resolve("checks"))
            .resolve("20260113T000000Z-damaged.tsv"),
        lines);

    AllCommands commands = new AllCommands(repository, List.copyOf(FORGED.values()));
    commands.runAll();

    assertTrue(
        commands
            .output("verify " + sums.id())
            .contains("key=backups/" + sums.id() + "/SHA256SUMS, problem=unreadable"),
        commands::output);
    assertTrue(
        commands
            .output("verify " + dump.id())
            .contains("key=backups/" + dump.id() + "/backup.json, problem=unreadable"),
        commands::output);
    assertTrue(
        commands.output("verify " + unnamed.id()).contains("/other.dump, problem=unreadable"),
        commands::output);
    assertTrue(
        commands
            .output("verify " + index.id())
            .contains("key=" + object + ", problem=" + (IN_FOLDER ? "lost" : "size")),
        commands::output);
    commands.assertHasANewBackup();
  }

  /** Runs all commands on one repository. */
  private static final class AllCommands {

    private final Path repository;
    private final ParsecStack.Target target;
    private final BackupService backups;
    private final JobService jobs;
    private final List<String> ids;
    private final Map<String, String> answers = new LinkedHashMap<>();
    private Optional<Backup> taken = Optional.empty();
    Set<String> listed = Set.of();
    Set<String> damaged = Set.of();

    /**
     * @param ids of backups to check, besides the whole one
     */
    AllCommands(Path repository, List<String> ids) {
      this.repository = repository;
      this.ids = ids;
      this.target = lab.stack().target("target" + targets++);
      this.backups = PlainCore.backups(repository, lab.environment(), new StableStorage());
      this.jobs = PlainCore.jobs(repository, lab.environment());
    }

    private void call(String name, Callable<Object> command) {
      Object answer =
          assertTimeoutPreemptively(
              PATIENCE,
              () -> {
                try {
                  return command.call();
                } catch (Problem | IOException e) {
                  return e;
                }
              },
              name);
      answers.put(name, String.valueOf(answer));
    }

    String output(String command) {
      return String.valueOf(answers.get(command));
    }

    String output() {
      return answers.toString().replace("]], ", "]],\n");
    }

    /** Runs every command: nothing outside is read, changed or reported. */
    void runAll() throws IOException {
      Map<String, String> before = Trap.facts(outside);
      call(
          "list",
          () -> {
            BackupCatalog catalog = backups.catalog();
            listed = catalog.published().stream().map(Backup::id).collect(Collectors.toSet());
            damaged = Set.copyOf(catalog.damaged());
            return catalog.all();
          });
      Stream.concat(Stream.of(whole), ids.stream()).forEach(this::look);
      Stream.concat(Stream.of(whole), ids.stream().limit(3)).forEach(this::restore);
      call("drill", () -> end(jobs.drill(ids.isEmpty() ? whole : ids.getFirst(), Trigger.CLI)));
      call("status", () -> jobs.newest(9).toString() + jobs.knowsDamage() + backups.usableSpace());
      call(
          "doctor",
          () ->
              PlainCore.doctor(repository, lab.environment()).all().stream()
                  .map(CheckResult::line)
                  .toList());
      backup();
      call(
          "adopt",
          () -> {
            Adoption adoption = PlainCore.adoption(repository, lab.environment());
            return PlainCore.adopt(adoption, Optional.empty());
          });
      assertEquals(before, Trap.facts(outside));
      assertFalse(
          output().contains("found=" + FileFacts.sha256(outside.resolve("file"))), this::output);
      assertFalse(output().contains(Trap.SECRET.strip()), this::output);
      assertFalse(output().contains("internal error"), this::output);
      assertContainsNothingFromOutside();
    }

    private void look(String id) {
      call("show " + id, () -> backups.find(new RunId(id)));
      call("verify " + id, () -> end(jobs.verification(id, Subset.ALL, Trigger.CLI)));
    }

    private void restore(String id) {
      call("restore " + id, () -> end(jobs.restore(id, into(Part.OBJECTS), Trigger.CLI)));
      call("dry run " + id, () -> end(jobs.restore(id, into(Part.DATABASE), Trigger.CLI)));
    }

    void backup() {
      call(
          "backup",
          () -> {
            JobEnd<Backup> run = backups.start(Trigger.CLI).execute();
            taken = Optional.of(run.document());
            return run;
          });
    }

    private JobResult end(Job<JobResult> job) {
      return job.execute().document();
    }

    private RestoreRequest into(Part part) throws IOException {
      return new RestoreRequest(
          Optional.of(named("database", target.databaseUri())),
          Optional.of(named("blockstore", target.blockstore())),
          part,
          true,
          part == Part.DATABASE,
          true);
    }

    private TargetText named(String name, String value) throws IOException {
      Path file = repository.resolveSibling(name);
      Files.writeString(file, value);
      return new TargetText("--" + name, "@" + file);
    }

    void assertHasANewBackup() {
      Backup backup = taken.orElseThrow(() -> new AssertionError(output()));
      assertEquals(JobState.COMPLETE, backup.state(), this::output);
      new RepositoryProof(repository).isWhole(backup.id());
    }

    /**
     * Neither the repository nor the bucket that a restore has filled contains anything from
     * outside.
     */
    private void assertContainsNothingFromOutside() throws IOException {
      try (Stream<Path> tree = Files.walk(repository)) {
        for (Path file : tree.filter(HostileRepositoryTest::isSmallFile).toList()) {
          assertFalse(Files.readString(file, ISO_8859_1).contains(Trap.SECRET), file::toString);
        }
      }
      for (String key : target.bucket().list()) {
        byte[] bytes = target.bucket().get(key).orElseThrow();
        assertFalse(new String(bytes, ISO_8859_1).contains(Trap.SECRET), key);
      }
    }
  }

  private static boolean isSmallFile(Path path) {
    return Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS) && path.toFile().length() < 1 << 20;
  }
}

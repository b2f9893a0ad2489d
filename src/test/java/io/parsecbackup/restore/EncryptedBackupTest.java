package io.parsecbackup.restore;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.Problem;
import io.parsecbackup.backup.Acceptance;
import io.parsecbackup.backup.Backup;
import io.parsecbackup.backup.LossAcceptance;
import io.parsecbackup.job.JobEnd;
import io.parsecbackup.job.JobResult;
import io.parsecbackup.job.JobState;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.repository.storage.Sha256;
import io.parsecbackup.repository.storage.folder.StableStorage;
import io.parsecbackup.testing.AgeKeys;
import io.parsecbackup.testing.CrashLab;
import io.parsecbackup.testing.ParsecData;
import io.parsecbackup.testing.ParsecStack;
import io.parsecbackup.testing.PlainCore;
import io.parsecbackup.testing.RepositoryPlace;
import io.parsecbackup.testing.Tool;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Encrypted backups: what is in the repository, and what each job can do with which identity. */
class EncryptedBackupTest {

  private static final RestoreRequest ALL =
      new RestoreRequest(
          Optional.empty(), Optional.empty(), RestoreRequest.Part.ALL, false, false, false);
  private static final String EMAIL = "@example.com";
  private static final AgeKeys FIRST = AgeKeys.create();
  private static final AgeKeys SECOND = AgeKeys.create();

  @TempDir static Path scratch;
  private static CrashLab lab;
  private static Path custom;
  private static Path plain;
  private static Path identity;

  @BeforeAll
  static void start() throws IOException {
    lab = CrashLab.start(ParsecData.Spec.of(6, 512), scratch);
    lab.stack().allowDatabases();
    custom = lab.place();
    plain = lab.place();
    identity = AgeKeys.file(scratch, SECOND);
    Map<String, String> both = AgeKeys.recipients(FIRST, SECOND);
    assertEquals(JobState.COMPLETE, backup(custom, both).state());
    assertEquals(
        JobState.COMPLETE,
        backup(plain, with(both, Map.of("PARSEC_BACKUP_DUMP_FORMAT", "plain"))).state());
  }

  @AfterAll
  static void stop() {
    lab.close();
  }

  private static Map<String, String> with(Map<String, String> some, Map<String, String> more) {
    Map<String, String> all = new HashMap<>(some);
    all.putAll(more);
    return all;
  }

  private static Backup backup(Path repository, Map<String, String> settings) {
    return PlainCore.backups(repository, with(lab.environment(), settings), new StableStorage())
        .start(Trigger.CLI)
        .execute()
        .document();
  }

  private static JobService jobs(Path repository, Map<String, String> settings) {
    return PlainCore.jobs(repository, with(lab.environment(), settings));
  }

  private static Map<String, String> into(ParsecStack.Target target) {
    return Map.of("PARSEC_DB", target.databaseUri(), "PARSEC_BLOCKSTORE", target.blockstore());
  }

  private static Path folder(Path repository) {
    return repository.resolve("backups/" + lab.visible(repository).getLast());
  }

  private static JobEnd<JobResult> verify(Path repository, Map<String, String> settings) {
    return jobs(repository, settings).verification("latest", Subset.ALL, Trigger.CLI).execute();
  }

  @Test
  void theRepositoryHoldsNoAddressAndNoPlainList() throws Exception {
    for (Path repository : List.of(custom, plain)) {
      String dump = repository.equals(custom) ? "database.dump.age" : "database.sql.age";
      Path folder = folder(repository);
      try (Stream<Path> files = Files.list(folder)) {
        assertEquals(
            List.of("SHA256SUMS", "backup.json", dump, "references.tsv.age", "rows.tsv"),
            files.map(file -> file.getFileName().toString()).sorted().toList());
      }
      Backup.DumpFile described =
          PlainCore.backups(repository, lab.environment(), new StableStorage())
              .catalog()
              .published()
              .getFirst()
              .dump()
              .orElseThrow();
      assertEquals(dump, described.file());
      assertTrue(described.encrypted());
      assertEquals(Files.size(folder.resolve(dump)), described.bytes());
      assertEquals(Sha256.of(folder.resolve(dump)), described.sha256());
      assertEquals(List.of(), filesWith(repository, EMAIL));
    }
    Path unencrypted = lab.place();
    backup(unencrypted, Map.of("PARSEC_BACKUP_DUMP_FORMAT", "plain"));
    assertEquals(List.of("database.sql"), filesWith(unencrypted, EMAIL));
  }

  private static List<String> filesWith(Path repository, String text) throws IOException {
    try (Stream<Path> files = Files.walk(repository)) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> contents(file).contains(text))
          .map(file -> file.getFileName().toString())
          .toList();
    }
  }

  private static String contents(Path file) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void ageOpensTheDumpAndTheReferences() throws Exception {
    Tool age = new Tool("age").assumeInstalled();
    Path dump = scratch.resolve("by-age.dump");
    age.run(
        "--decrypt",
        "-i",
        identity.toString(),
        "-o",
        dump.toString(),
        folder(custom).resolve("database.dump.age").toString());
    assertTrue(new Tool("pg_restore").run("--list", dump.toString()).contains("TABLE DATA"));
    String references =
        age.run(
            "--decrypt",
            "-i",
            identity.toString(),
            folder(custom).resolve("references.tsv.age").toString());
    assertEquals(
        lab.stack().data().referencedKeys(),
        references.lines().map(line -> line.substring(0, line.indexOf('\t'))).toList());
  }

  @Test
  void restoresAndDrillsWithTheIdentityOfOneRecipient() throws Exception {
    for (Path repository : List.of(custom, plain)) {
      ParsecStack.Target target =
          lab.stack().target(repository.equals(custom) ? "from-custom" : "from-plain");
      Map<String, String> settings = with(into(target), AgeKeys.identity(identity));
      JobResult restored =
          jobs(repository, settings).restore("latest", ALL, Trigger.CLI).execute().document();
      assertEquals(JobState.COMPLETE, restored.state(), restored::toString);
      assertEquals(lab.bucket().list(), target.bucket().list());
      assertArrayEquals(
          dump(lab.stack().databaseUri()).getBytes(StandardCharsets.UTF_8),
          dump(target.databaseUri()).getBytes(StandardCharsets.UTF_8));

      JobResult drilled =
          jobs(repository, AgeKeys.identity(identity))
              .drill("latest", Trigger.CLI)
              .execute()
              .document();
      assertEquals(JobState.COMPLETE, drilled.state(), drilled::toString);
      assertEquals(List.of(), drilled.warnings());
      JobEnd<JobResult> verified = verify(repository, AgeKeys.identity(identity));
      assertEquals(0, verified.exitCode(), verified::toString);
      assertEquals(List.of(), verified.document().warnings());
    }
  }

  private static String dump(String uri) throws Exception {
    return new Tool("pg_dump")
        .run("--dbname=" + uri)
        .lines()
        .filter(line -> !line.startsWith("\\restrict") && !line.startsWith("\\unrestrict"))
        .collect(Collectors.joining("\n"));
  }

  @Test
  void saysWhatItCannotDoWithoutAnIdentity() throws Exception {
    JobEnd<JobResult> verified = verify(custom, Map.of());
    assertEquals(0, verified.exitCode(), verified::toString);
    assertTrue(
        verified.document().warnings().getFirst().contains("not their content"),
        verified::toString);
    ParsecStack.Target target = lab.stack().target("without-identity");
    for (RestoreRequest.Part part : RestoreRequest.Part.values()) {
      RestoreRequest request =
          new RestoreRequest(Optional.empty(), Optional.empty(), part, false, false, false);
      refused(jobs(custom, into(target)).restore("latest", request, Trigger.CLI).execute());
    }
    assertEquals(0, target.bucket().size());
    refused(jobs(custom, Map.of()).drill("latest", Trigger.CLI).execute());

    RestoreRequest allObjects =
        new RestoreRequest(
            Optional.empty(), Optional.empty(), RestoreRequest.Part.OBJECTS, false, false, true);
    JobResult objects =
        jobs(custom, into(target)).restore("latest", allObjects, Trigger.CLI).execute().document();
    assertEquals(JobState.COMPLETE, objects.state(), objects::toString);
    assertEquals(lab.bucket().list(), target.bucket().list());
  }

  private static void refused(JobEnd<JobResult> end) {
    assertEquals(2, end.exitCode(), end::toString);
    assertTrue(
        end.document().error().orElse("").contains("parsec.backup.encryption.identity-file"),
        end::toString);
  }

  @Test
  void aWrongIdentityIsAConfigurationErrorAndTheObjectsAreStillRead() throws Exception {
    Map<String, String> wrong = AgeKeys.identity(AgeKeys.file(scratch, AgeKeys.create()));
    JobEnd<JobResult> verified = verify(custom, wrong);
    refused(verified);
    assertEquals(6, verified.document().checked().objects(), verified::toString);
    ParsecStack.Target target = lab.stack().target("wrong-identity");
    refused(jobs(custom, with(into(target), wrong)).restore("latest", ALL, Trigger.CLI).execute());
    assertEquals(0, target.bucket().size());
  }

  /** Its digests are right, so only the encryption shows the damage. */
  @Test
  void aDamagedDumpIsFoundBeforeAnythingIsRestored() throws Exception {
    for (Path source : List.of(custom, plain)) {
      for (UnaryOperator<byte[]> damage :
          List.<UnaryOperator<byte[]>>of(
              bytes -> Arrays.copyOf(bytes, bytes.length - 1),
              bytes -> Arrays.copyOf(bytes, bytes.length + 1),
              bytes -> {
                bytes[bytes.length / 2] ^= 1;
                return bytes;
              })) {
        Path repository = lab.copy(source);
        replaceDump(repository, damage);
        ParsecStack.Target target = lab.stack().targetOf("from-" + System.nanoTime());
        JobEnd<JobResult> end =
            jobs(repository, with(into(target), AgeKeys.identity(identity)))
                .restore("latest", ALL, Trigger.CLI)
                .execute();
        assertEquals(1, end.exitCode(), end::toString);
        assertTrue(end.document().error().orElse("").contains("is damaged"), end::toString);
        assertEquals(0, target.bucket().size());
        assertThrows(AssertionError.class, () -> dump(target.databaseUri()));
        JobResult verified = verify(repository, AgeKeys.identity(identity)).document();
        assertEquals(JobState.INCOMPLETE, verified.state(), verified::toString);
        assertEquals("unreadable", verified.findings().getFirst().problem());
      }
    }
  }

  private static void replaceDump(Path repository, UnaryOperator<byte[]> damage) throws Exception {
    Path folder = folder(repository);
    Path dump =
        Stream.of("database.dump.age", "database.sql.age")
            .map(folder::resolve)
            .filter(Files::exists)
            .findFirst()
            .orElseThrow();
    Files.write(dump, damage.apply(Files.readAllBytes(dump)));
    String digest = Sha256.of(dump);
    Path sums = folder.resolve("SHA256SUMS");
    List<String> lines =
        Files.readAllLines(sums).stream()
            .map(line ->
                line.endsWith("/" + dump.getFileName()) ? digest + line.substring(64) : line)
            .toList();
    Files.write(sums, lines);
    String digestOfSums = Sha256.of(sums);
    lab.rewrite(
        repository,
        document -> {
          document.put("sha256sums", digestOfSums);
          document.withObject("/dump").put("sha256", digest);
        });
  }

  @Test
  void acceptsLossesWithAnIdentityAndKeepsOldBackupsReadableAfterARotation() throws Exception {
    Path repository = lab.place();
    String lost = lab.stack().data().referencedKeys().getFirst();
    byte[] bytes = lab.bucket().get(lost).orElseThrow();
    lab.bucket().delete(lost);
    try {
      assertEquals(JobState.INCOMPLETE, backup(repository, AgeKeys.recipients(FIRST)).state());
      assertTrue(Files.exists(folder(repository).resolve("missing.txt.age")));
      assertFalse(Files.exists(folder(repository).resolve("missing.txt")));
      Problem none =
          assertThrows(
              Problem.class,
              () ->
                  acceptance(repository, Map.of())
                      .accept(Optional.empty(), Optional.empty(), Trigger.CLI));
      assertEquals(2, none.exitCode());
      Map<String, String> old = AgeKeys.identity(AgeKeys.file(scratch, FIRST));
      Acceptance accepted =
          acceptance(repository, old).accept(Optional.empty(), Optional.empty(), Trigger.CLI);
      assertEquals(1, accepted.objects());
      assertEquals(JobState.COMPLETE, backup(repository, AgeKeys.recipients(SECOND)).state());

      String first = lab.visible(repository).getFirst();
      refused(jobs(repository, AgeKeys.identity(identity)).drill(first, Trigger.CLI).execute());
      Map<String, String> both = AgeKeys.identity(AgeKeys.file(scratch, SECOND, FIRST));
      for (String id : lab.visible(repository)) {
        JobResult drilled = jobs(repository, both).drill(id, Trigger.CLI).execute().document();
        assertEquals(
            id.equals(first) ? JobState.INCOMPLETE : JobState.COMPLETE,
            drilled.state(),
            drilled::toString);
      }
    } finally {
      lab.bucket().put(lost, bytes);
    }
  }

  @Test
  void theDoctorTriesTheKeysAndWarnsOfAnExposedIdentity() throws Exception {
    Map<String, String> recipients = AgeKeys.recipients(FIRST);
    assertEquals(List.of(), diagnosed(Map.of()));
    assertTrue(
        diagnosed(recipients).getFirst().startsWith("ok encryption a probe for 1 recipient"));
    Path own = AgeKeys.file(scratch, FIRST);
    assertEquals(
        List.of("ok encryption a probe for 1 recipient was encrypted and decrypted"),
        diagnosed(with(recipients, AgeKeys.identity(own))));
    assertTrue(
        diagnosed(with(recipients, AgeKeys.identity(identity)))
            .getFirst()
            .startsWith("failed encryption no identity in " + identity + " can decrypt a probe"));
    Path beside = AgeKeys.file(Objects.requireNonNull(custom.getParent()), FIRST);
    List<String> exposed = diagnosed(AgeKeys.identity(beside));
    assertTrue(exposed.getFirst().contains("new backups are not encrypted"), exposed::toString);
    // A bucket is not beside a file.
    assertEquals(
        RepositoryPlace.kind() == RepositoryPlace.Kind.FOLDER,
        exposed.getLast().startsWith("note identity " + beside),
        exposed::toString);
  }

  private static List<String> diagnosed(Map<String, String> settings) {
    return PlainCore.doctor(custom, with(lab.environment(), settings)).all().stream()
        .filter(result -> Set.of("encryption", "identity").contains(result.check()))
        .map(result -> result.state() + " " + result.check() + " " + result.detail())
        .toList();
  }

  private static LossAcceptance acceptance(Path repository, Map<String, String> settings) {
    return PlainCore.acceptance(repository, new StableStorage(), PlainCore.encryption(settings));
  }
}

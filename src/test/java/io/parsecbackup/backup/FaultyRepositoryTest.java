package io.parsecbackup.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.Problem;
import io.parsecbackup.job.JobEnd;
import io.parsecbackup.job.JobResult;
import io.parsecbackup.job.JobState;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.restore.JobService;
import io.parsecbackup.restore.Subset;
import io.parsecbackup.testing.CrashLab;
import io.parsecbackup.testing.Fault;
import io.parsecbackup.testing.FaultRule;
import io.parsecbackup.testing.FaultyProxy;
import io.parsecbackup.testing.ParsecData;
import io.parsecbackup.testing.PlainCore;
import io.parsecbackup.testing.ProxiedServer;
import io.parsecbackup.testing.RepositoryDamage;
import io.parsecbackup.testing.RepositoryPlace;
import io.parsecbackup.testing.RepositoryProof;
import io.parsecbackup.testing.S3Request;
import io.parsecbackup.testing.S3Request.Kind;
import io.parsecbackup.testing.S3Response;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A repository's bucket with faults. Whatever its server answers, a backup is either whole or not
 * published; what was published before stays, and the next run is complete.
 */
@Timeout(120)
class FaultyRepositoryTest {

  /** A request and its retries. */
  private static final int TRIES = 5;

  private static final Predicate<S3Request> ALL = request -> true;

  /** Those of every run of the tests. A run over buckets tries all. */
  private static final Set<String> FEW =
      Set.of(
          "a third of the answers lost",
          "pages with 200",
          "403",
          "database.dump is not stored",
          "an object is not stored",
          "revoked rights");

  @TempDir static Path scratch;
  private static CrashLab lab;
  private static ProxiedServer server;
  private static Path prepared;
  private static List<String> fresh = List.of();

  @BeforeAll
  static void start() throws IOException {
    server = ProxiedServer.start();
    lab = CrashLab.start(ParsecData.Spec.of(6, 512), scratch);
    prepared = server.assign(lab.place());
    lab.backup(prepared);
    fresh = lab.stack().data().addBlocks(30);
  }

  @AfterAll
  static void stop() {
    lab.close();
    server.close();
  }

  /** How a run with a fault may end. */
  private enum End {
    COMPLETE,
    /** One object is missing. */
    WITHOUT_ONE,
    FAILED
  }

  /**
   * A fault.
   *
   * @param error a part of the message if the run fails
   */
  private record Case(String name, Consumer<FaultyProxy> faults, End end, String error) {
    static Case complete(String name, Consumer<FaultyProxy> faults) {
      return new Case(name, faults, End.COMPLETE, "");
    }

    static Case withoutOne(String name, Consumer<FaultyProxy> faults) {
      return new Case(name, faults, End.WITHOUT_ONE, "");
    }

    static Case failed(String name, Consumer<FaultyProxy> faults, String error) {
      return new Case(name, faults, End.FAILED, error);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private static boolean isPut(S3Request request, String part) {
    return request.kind() == Kind.PUT_OBJECT && request.key().contains(part);
  }

  private static boolean isBelow(S3Request request, String folder) {
    return request.key().startsWith(folder);
  }

  private static boolean isFirst(S3Request request) {
    return request.key().equals("objects/" + fresh.get(0));
  }

  private static final Fault CORRUPT = Fault.corruptByte(30);

  private static final String LISTED_OBJECTS = "<Contents><Key>objects/.*?</Contents>";

  /** A proxy's. */
  private static final S3Response PAGE =
      new S3Response(
          200,
          List.of(Map.entry("Content-Type", "text/html")),
          "<html><body><p>Log in</p></body></html>".getBytes(StandardCharsets.UTF_8));

  /** A server's answer to a PUT, which it has not carried out. */
  private static final S3Response STORED =
      new S3Response(
          200, List.of(Map.entry("ETag", "\"0123456789abcdef0123456789abcdef\"")), new byte[0]);

  private static Fault date(Duration ahead) {
    return Fault.rewrite(answer ->
        answer.with(
            "Date",
            DateTimeFormatter.RFC_1123_DATE_TIME.format(
                Instant.now().plus(ahead).atOffset(ZoneOffset.UTC))));
  }

  private static Stream<Case> chosen(Case... cases) {
    return Stream.of(cases)
        .filter(one ->
            RepositoryPlace.kind() != RepositoryPlace.Kind.FOLDER || FEW.contains(one.name()));
  }

  /** Faults of requests that nothing but luck selects. */
  static Stream<Case> passingFaults() {
    return chosen(
        Case.complete("503 for a third", p -> p.when(ALL, Fault.status(503)).every(3).perKey()),
        Case.complete(
            "a third of the answers lost",
            p -> p.when(ALL, Fault.rewrite(a -> S3Response.error(500))).every(3).perKey()),
        Case.complete("one of 20 reset", p -> p.when(ALL, new Fault.Reset(0)).every(20)),
        Case.complete("one of 5 dropped", p -> p.when(ALL, new Fault.Drop()).every(5)),
        Case.complete("bodies cut", p -> p.when(Kind.GET_OBJECT, new Fault.Cut(20)).every(4)),
        Case.complete("slow", p -> p.when(ALL, new Fault.Delay(Duration.ofMillis(300))).every(7)),
        Case.complete("one hangs", p -> p.when(ALL, new Fault.Hang()).at(12)),
        Case.complete("pages with 200", p -> p.when(ALL, new Fault.Answer(PAGE)).every(6)),
        Case.complete(
            "wrong bytes of the lock", p -> p.when(Kind.GET_OBJECT, "lock", CORRUPT).at(2)),
        Case.complete(
            "wrong bytes of the binding",
            p -> p.when(Kind.GET_OBJECT, "parsec-backup.json", CORRUPT).first(1)),
        Case.complete(
            "wrong bytes of the index",
            p -> p.when(r -> r.kind() == Kind.GET_OBJECT && isBelow(r, "index/"), CORRUPT).at(1)),
        Case.complete("a clock ahead", p -> p.when(ALL, date(Duration.ofHours(5)))),
        Case.complete("a clock behind", p -> p.when(ALL, date(Duration.ofHours(-5)))),
        Case.complete(
            "listings without objects",
            p ->
                p.when(
                    Kind.LIST, Fault.rewrite(a -> a.text(x -> x.replaceAll(LISTED_OBJECTS, ""))))));
  }

  /** Faults of one object, which spoil no other. */
  static Stream<Case> faultsOfOneObject() {
    return chosen(
        Case.withoutOne("403", p -> p.when(FaultyRepositoryTest::isFirst, Fault.status(403))),
        Case.withoutOne("500", p -> p.when(FaultyRepositoryTest::isFirst, Fault.status(500))),
        Case.withoutOne("it hangs", p -> p.when(FaultyRepositoryTest::isFirst, new Fault.Hang())),
        Case.withoutOne(
            "a page with 200", p -> p.when(FaultyRepositoryTest::isFirst, new Fault.Answer(PAGE))),
        Case.withoutOne(
            "an object is not stored",
            p -> p.when(r -> isPut(r, fresh.get(0)), new Fault.Answer(STORED))),
        Case.withoutOne(
            "an object is not shown",
            p -> p.when(r -> r.kind() == Kind.HEAD_OBJECT && isFirst(r), new Fault.Answer(PAGE))));
  }

  /** Faults of the whole server, or of a file that a backup cannot be without. */
  static Stream<Case> lastingFaults() {
    return chosen(
        Case.failed("pages", p -> p.when(ALL, new Fault.Answer(PAGE)), "has no ETag"),
        Case.failed(
            "pages for PUT", p -> p.when(Kind.PUT_OBJECT, new Fault.Answer(PAGE)), "has no ETag"),
        Case.failed(
            "a page for the dump",
            p -> p.when(r -> isPut(r, "database.dump"), new Fault.Answer(PAGE)),
            "has no ETag"),
        Case.failed(
            "a redirect",
            p -> p.when(ALL, answer(301, "PermanentRedirect", "http://127.0.0.1:1/")),
            "the server answered 301"),
        forgotten("database.dump", "database.dump"),
        forgotten("references.tsv", "references.tsv"),
        forgotten("SHA256SUMS", "SHA256SUMS"),
        forgotten("the index", "index/"),
        forgotten("backup.json", "/backup.json"),
        inTheMiddle("a revoked key", 403, "InvalidAccessKeyId"),
        inTheMiddle("revoked rights", 403, "AccessDenied"),
        inTheMiddle("an expired session", 400, "ExpiredToken"),
        inTheMiddle("a removed bucket", 404, "NoSuchBucket"),
        Case.failed(
            "no answer any more",
            p -> p.when(r -> p.count(Kind.PUT_OBJECT) > 15, new Fault.Drop()),
            "cannot be written"),
        Case.failed(
            "a full bucket",
            p -> p.when(Kind.PUT_OBJECT, answer(507, "StorageFull", "")),
            "the server answered 507 StorageFull"),
        Case.failed(
            "backup.json refused",
            p -> p.when(r -> isPut(r, "/backup.json"), Fault.status(403)),
            "/backup.json cannot be written: the server answered 403"));
  }

  /** The server answers that it stored a file, and has not stored it. */
  private static Case forgotten(String name, String key) {
    return Case.failed(
        name + " is not stored",
        p -> p.when(r -> isPut(r, key), new Fault.Answer(STORED)),
        "is not in the bucket as it was written");
  }

  private static Case inTheMiddle(String name, int status, String code) {
    return Case.failed(
        name,
        p -> p.when(r -> p.count(Kind.PUT_OBJECT) > 15, answer(status, code, "")),
        status + " " + code);
  }

  private static Fault answer(int status, String code, String location) {
    return new Fault.Answer(S3Response.error(status, code).with("Location", location));
  }

  private record Outcome(JobState state, String error, Optional<Backup> backup) {}

  private static Outcome run(Path repository) {
    try {
      JobEnd<Backup> end = lab.run(repository, PlainCore.Sync.REFERENCES);
      return new Outcome(
          end.document().state(), end.document().error().orElse(""), Optional.of(end.document()));
    } catch (Problem refused) {
      return new Outcome(JobState.FAILED, String.valueOf(refused.getMessage()), Optional.empty());
    }
  }

  private static List<String> findings(Path repository) {
    JobService jobs = PlainCore.jobs(repository, lab.environment());
    JobResult result = jobs.verification("latest", Subset.ALL, Trigger.CLI).execute().document();
    return result.findings().stream().map(Object::toString).toList();
  }

  @ParameterizedTest
  @MethodSource({"passingFaults", "faultsOfOneObject", "lastingFaults"})
  void publishesAWholeBackupOrNothing(Case fault) throws Exception {
    server.proxy().reset();
    Path repository = server.assign(lab.copy(prepared));
    RepositoryProof proof = new RepositoryProof(repository);
    List<String> backups = proof.backups();
    Map<String, String> published = proof.published();

    fault.faults().accept(server.proxy());
    Outcome outcome = run(repository);
    server.proxy().reset();

    proof.isUntouched(published);
    switch (fault.end()) {
      case COMPLETE -> {
        assertEquals(JobState.COMPLETE, outcome.state(), outcome::toString);
        assertEquals(List.of(), findings(repository));
        proof.allAreWhole();
        assertEquals(lab.bucket().list(), proof.index().keySet());
      }
      case WITHOUT_ONE -> {
        assertEquals(JobState.INCOMPLETE, outcome.state(), outcome::toString);
        assertEquals(1, outcome.backup().orElseThrow().objects().orElseThrow().failed());
        proof.allAreWhole();
      }
      case FAILED -> {
        assertEquals(JobState.FAILED, outcome.state(), outcome::toString);
        assertEquals(backups, proof.backups());
        assertTrue(outcome.error().contains(fault.error()), outcome::error);
        assertFalse(outcome.error().contains("file system"), outcome::error);
      }
    }
    // A run that no request reaches cannot release its lock, which ends by itself.
    RepositoryPlace.awaitFree(repository);
    Outcome next = run(repository);
    assertEquals(JobState.COMPLETE, next.state(), next::toString);
    assertEquals(List.of(), findings(repository));
    proof.isUntouched(published);
    proof.allAreWhole();
  }

  /** Verify has listed the object as damaged, so each backup reads it. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anObjectThatTheServerDoesNotSendStopsNoBackup(boolean isCopied) throws Exception {
    server.proxy().reset();
    Path repository = server.assign(lab.copy(prepared));
    RepositoryProof proof = new RepositoryProof(repository);
    String key = "objects/" + proof.index().keySet().iterator().next();
    server.proxy().when(r -> r.kind() == Kind.GET_OBJECT && r.key().equals(key), Fault.status(500));
    if (!isCopied) {
      server.proxy().when(r -> r.header("x-amz-copy-source").isPresent(), Fault.status(500));
    }
    assertEquals(1, findings(repository).size());
    Outcome outcome = run(repository);
    assertEquals(
        isCopied ? JobState.COMPLETE : JobState.INCOMPLETE, outcome.state(), outcome::toString);
    server.proxy().reset();
    Outcome next = run(repository);
    assertEquals(JobState.COMPLETE, next.state(), next::toString);
    assertEquals(List.of(), findings(repository));
    proof.allAreWhole();
  }

  @Test
  void aVerificationNamesTheServerThatStopsToAnswer() throws Exception {
    server.proxy().reset();
    Path repository = server.assign(lab.copy(prepared));
    AtomicBoolean isDown = new AtomicBoolean();
    server
        .proxy()
        .when(
            request -> {
              isDown.compareAndSet(false, isBelow(request, "objects/"));
              return isDown.get() && !isBelow(request, "checks/") && !isBelow(request, "lock");
            },
            Fault.status(503));
    JobResult result =
        PlainCore.jobs(repository, lab.environment())
            .verification("latest", Subset.ALL, Trigger.CLI)
            .execute()
            .document();
    assertEquals(JobState.FAILED, result.state(), result::toString);
    String error = result.error().orElse("");
    assertTrue(error.contains("cannot be read: the server answered 503"), error);
    assertFalse(error.contains("internal error"), error);
    assertEquals(List.of(), result.findings());
  }

  /** The run looks for damaged segments before it compares objects. */
  @Test
  void aSegmentWithoutOneAnswerIsStillVerifiedLater() throws Exception {
    server.proxy().reset();
    Path repository = server.assign(lab.copy(prepared));
    String segment = "index/" + new RepositoryProof(repository).backups().getFirst() + ".tsv";
    FaultRule rule =
        server.proxy().when(request -> request.key().endsWith("/SHA256SUMS"), Fault.status(500));
    rule.first(TRIES);
    Outcome outcome = run(repository);
    assertEquals(JobState.COMPLETE, outcome.state(), outcome::toString);
    assertEquals(TRIES, rule.struck());
    assertEquals(List.of(), findings(repository));
    RepositoryDamage.flip(repository.resolve(segment));
    assertTrue(findings(repository).getFirst().contains(segment));
  }

  /** It is read again by the next backup. */
  @Test
  void aListOfDamageThatTheServerDoesNotSendStopsNoBackup() throws Exception {
    server.proxy().reset();
    Path repository = server.assign(lab.copy(prepared));
    RepositoryProof proof = new RepositoryProof(repository);
    RepositoryDamage.flip(
        repository.resolve("objects").resolve(proof.index().keySet().iterator().next()));
    assertEquals(1, findings(repository).size());
    server.proxy().when(r -> r.key().endsWith("-damaged.tsv"), Fault.status(500));
    Outcome outcome = run(repository);
    assertEquals(JobState.COMPLETE, outcome.state(), outcome::toString);
    server.proxy().reset();
    Outcome next = run(repository);
    assertEquals(JobState.COMPLETE, next.state(), next::toString);
    assertEquals(List.of(), findings(repository));
    assertFalse(PlainCore.jobs(repository, lab.environment()).knowsDamage());
  }
}

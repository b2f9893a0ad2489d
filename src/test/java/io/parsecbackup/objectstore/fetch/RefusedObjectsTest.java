package io.parsecbackup.objectstore.fetch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.parsecbackup.Problem;
import io.parsecbackup.objectstore.content.TransferException;
import io.parsecbackup.objectstore.raid.RaidScenario;
import io.parsecbackup.parsec.RaidMode;
import io.parsecbackup.testing.Content;
import io.parsecbackup.testing.Fault;
import io.parsecbackup.testing.RaidBlocks;
import io.parsecbackup.testing.S3Request;
import io.parsecbackup.testing.S3Request.Kind;
import io.parsecbackup.testing.S3Response;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A working store refuses many objects in a row: each is named, and the run continues. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class RefusedObjectsTest {

  /** More failures in a row than it takes to probe the store. */
  private static final int REFUSED = 3 * FetchScenario.IN_FLIGHT + 10;

  private static final Set<String> KEYS =
      IntStream.range(0, REFUSED)
          .mapToObj(FetchScenario::key)
          .collect(Collectors.toCollection(TreeSet::new));

  @TempDir Path folder;
  private FetchScenario scenario;

  @BeforeEach
  void open() {
    scenario = new FetchScenario(folder);
    scenario.fill(REFUSED + 10);
  }

  @AfterEach
  void close() {
    scenario.close();
  }

  static Stream<Arguments> refusals() {
    return Stream.of(
        argumentSet("archived", refusal(403, "InvalidObjectState")),
        argumentSet("not allowed", refusal(403, "AccessDenied")),
        argumentSet("an unknown method", refusal(405, "MethodNotAllowed")),
        argumentSet("gone", refusal(410, "Gone")),
        argumentSet("not found", refusal(404, "NoSuchKey")),
        argumentSet("not found, with another code", refusal(404, "NoSuchThing")),
        argumentSet("a wrong signature for an unusual key", refusal(403, "SignatureDoesNotMatch")),
        argumentSet(
            "no answer of S3's", new Fault.Answer(new S3Response(403, List.of(), new byte[0]))),
        argumentSet("broken at the server", Fault.status(500)),
        argumentSet("other bytes", Fault.corruptByte(1)),
        argumentSet("closed before the answer", new Fault.Drop()));
  }

  private static Fault refusal(int status, String code) {
    return new Fault.Answer(S3Response.error(status, code));
  }

  private static Predicate<S3Request> firstOf(Kind kind) {
    return request -> request.kind() == kind && KEYS.contains(request.key());
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void areNamedWhileAllOthersAreCopied(Fault fault) throws IOException {
    scenario.options =
        FetchOptions.references(scenario.referencesTo(scenario.bucket.list()), false);
    scenario.proxy.when(firstOf(Kind.GET_OBJECT), fault);
    List<String> missing = scenario.sync();
    assertEquals(10, scenario.covered().size());
    assertEquals(REFUSED, scenario.counters.failed() + scenario.counters.missing());
    assertEquals(List.copyOf(KEYS), missing.stream().map(line -> line.split("\t", 2)[0]).toList());
  }

  /** However few the objects are: none of them is taken for lost. */
  @ParameterizedTest
  @CsvSource({"403, InvalidAccessKeyId", "404, XAdminUserNotFound", "404, NoSuchBucket"})
  void stopTheRunIfTheStoreRefusesEveryRequest(int status, String code) throws IOException {
    scenario.options =
        FetchOptions.references(scenario.referencesTo(List.of(FetchScenario.key(0))), false);
    scenario.proxy.when(Kind.GET_OBJECT, refusal(status, code));
    Problem problem = assertThrows(Problem.class, scenario::sync);
    assertEquals(Problem.Kind.OBJECT_STORE, problem.kind());
    String text = String.valueOf(problem.getMessage());
    assertTrue(text.contains(code) && text.contains("a probe"), text);
  }

  @ParameterizedTest
  @EnumSource(RaidMode.class)
  void doNotMakeANodeOfARaidUnused(RaidMode mode) throws Exception {
    Path scratch = Files.createDirectories(folder.resolve("raid"));
    try (RaidScenario raid = new RaidScenario(mode, 3, scratch)) {
      Set<String> archived = new TreeSet<>();
      for (int i = 0; i < 40; i++) {
        byte[] block = Content.generated("k", i, 1_000).bytes();
        String key = RaidScenario.key(i);
        raid.put(key, block);
        if (i < 30) {
          archived.add(key);
        }
      }
      raid.proxy.when(
          raid.isOf(0).and(request -> archived.contains(request.key())),
          refusal(403, "InvalidObjectState"));
      int refused = 0;
      for (int i = 0; i < 40; i++) {
        byte[] block = Content.generated("k", i, 1_000).bytes();
        String key = RaidScenario.key(i);
        if (mode == RaidMode.RAID0 && archived.contains(key) && RaidBlocks.node(key, 3) == 0) {
          assertEquals(TransferException.Kind.REFUSED, raid.refusal(key, 1_000).kind());
          refused++;
        } else {
          raid.assertGives(block, key);
        }
      }
      assertTrue(
          mode != RaidMode.RAID0 || refused >= RaidScenario.MOST_IN_A_ROW, "refused: " + refused);
      assertTrue(
          raid.proxy.requests().stream()
              .anyMatch(raid.isOf(0).and(request -> !archived.contains(request.key()))));
    }
  }
}

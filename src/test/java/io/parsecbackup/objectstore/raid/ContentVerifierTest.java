package io.parsecbackup.objectstore.raid;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.parsecbackup.objectstore.content.BodyChecksum;
import io.parsecbackup.objectstore.content.ContentFacts;
import io.parsecbackup.objectstore.content.FetchedObject;
import io.parsecbackup.objectstore.content.TransferException;
import io.parsecbackup.repository.index.ContentCheck;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ContentVerifierTest {

  private static final String MD5 = "d41d8cd98f00b204e9800998ecf8427e";
  private static final String OTHER = "0cc175b9c0f1b6a831c399e269772661";
  private static final String A = "a".repeat(64);
  private static final String B = "b".repeat(64);
  private static final ContentFacts KMS = new ContentFacts(true, Optional.empty(), false);
  private static final ContentFacts PAGE = new ContentFacts(false, Optional.empty(), true);

  private final ContentVerifier judge = judge(false);

  private static ContentVerifier judge(boolean earlierMd5s) {
    return new ContentVerifier(new EtagTrust("the bucket x", () -> earlierMd5s));
  }

  private static ContentFacts checksum(boolean matches) {
    return new ContentFacts(
        false,
        Optional.of(new BodyChecksum.Result("x-amz-checksum-crc32", "AAAAAA==", "BBBB", matches)),
        false);
  }

  private static FetchedObject fetched(String etag, ContentFacts facts) {
    return new FetchedObject(5, 5, A, MD5, etag, Instant.EPOCH, facts);
  }

  private static FetchedObject fetched(String etag) {
    return fetched(etag, ContentFacts.NONE);
  }

  private static FetchedObject other(String etag, String sha256, long size) {
    return new FetchedObject(size, size, sha256, MD5, etag, Instant.EPOCH, ContentFacts.NONE);
  }

  private static FetchRequest wanted(String key, String listedEtag) {
    return new FetchRequest(key, OptionalLong.of(5), listedEtag, "");
  }

  static Stream<Arguments> right() {
    return Stream.of(
        argumentSet("its MD5", fetched(MD5), "", ContentCheck.ETAG),
        argumentSet("in capitals", fetched(MD5.toUpperCase(Locale.ROOT)), "", ContentCheck.ETAG),
        argumentSet("replaced since", fetched(MD5), OTHER, ContentCheck.ETAG),
        argumentSet("no ETag but the listing's", fetched(""), MD5, ContentCheck.ETAG),
        argumentSet("its MD5, of a page", fetched(MD5, PAGE), "", ContentCheck.ETAG),
        argumentSet("a checksum", fetched(MD5 + "-2", checksum(true)), "", ContentCheck.CHECKSUM),
        argumentSet("no ETag", fetched(""), "", ContentCheck.LENGTH),
        argumentSet("parts", fetched(OTHER + "-2"), "", ContentCheck.LENGTH),
        argumentSet("replaced in parts", fetched(OTHER + "-2"), OTHER, ContentCheck.LENGTH),
        argumentSet("a key of KMS", fetched(OTHER, KMS), OTHER, ContentCheck.LENGTH));
  }

  @ParameterizedTest
  @MethodSource("right")
  void acceptsWhatIsRight(FetchedObject fetched, String listed, ContentCheck check) {
    assertEquals(
        new ContentVerifier.Accepted(check),
        judge.check(wanted("k", listed), fetched, new EtagTrust.Tries()));
  }

  static Stream<Arguments> wrong() {
    FetchedObject shorter = new FetchedObject(4, 5, A, MD5, MD5, Instant.EPOCH, ContentFacts.NONE);
    return Stream.of(
        argumentSet("shorter than announced", shorter, "", "server announced"),
        argumentSet("a wrong checksum", fetched("", checksum(false)), "", "checksum-crc32"),
        argumentSet("a wrong checksum only", fetched(MD5, checksum(false)), "", "checksum-crc32"),
        argumentSet("not what was listed", fetched(""), OTHER, "listing"),
        argumentSet("not what was listed, in its form", fetched("x"), OTHER, "listing"),
        argumentSet("a page", fetched("", PAGE), "", "page"),
        argumentSet("a page with an ETag", fetched(OTHER, PAGE), "", "page"),
        argumentSet("another size than listed", other("x-2", A, 4), "x-2", "the listing says"));
  }

  @ParameterizedTest
  @MethodSource("wrong")
  void fetchesAgainWhatIsWrong(FetchedObject fetched, String listed, String why) {
    // However often.
    EtagTrust.Tries tries = new EtagTrust.Tries();
    for (int i = 0; i < 5; i++) {
      TransferException failure =
          assertThrows(
              TransferException.class, () -> judge.check(wanted("k", listed), fetched, tries));
      assertEquals(TransferException.Kind.PASSING, failure.kind());
      assertTrue(String.valueOf(failure.getMessage()).contains(why), failure.getMessage());
    }
  }

  private static void assertDoubtful(
      ContentVerifier judge, String key, FetchedObject fetched, EtagTrust.Tries tries) {
    assertInstanceOf(
        ContentVerifier.Doubtful.class, judge.check(wanted(key, ""), fetched, tries), key);
  }

  private static void assertAccepted(
      ContentVerifier judge, String key, FetchedObject fetched, EtagTrust.Tries tries) {
    assertEquals(
        new ContentVerifier.Accepted(ContentCheck.LENGTH),
        judge.check(wanted(key, ""), fetched, tries));
  }

  @Test
  void learnsFromTheSameBytesAgainAndAgainThatETagsAreNoMd5s() {
    EtagTrust.Tries tries = new EtagTrust.Tries();
    assertDoubtful(judge, "a", fetched(OTHER), tries);
    assertDoubtful(judge, "a", fetched(OTHER), tries);
    assertAccepted(judge, "a", fetched(OTHER), tries);
    assertAccepted(judge, "b", fetched(OTHER), new EtagTrust.Tries());
    // What else the server says counts all the same.
    assertThrows(
        TransferException.class,
        () -> judge.check(wanted("c", ""), fetched(OTHER, checksum(false)), new EtagTrust.Tries()));
    assertThrows(
        TransferException.class,
        () -> judge.check(wanted("d", ""), fetched(OTHER, PAGE), new EtagTrust.Tries()));
  }

  @Test
  void learnsNothingFromOtherBytesOrAnotherSize() {
    EtagTrust.Tries tries = new EtagTrust.Tries();
    for (int i = 0; i < 5; i++) {
      assertDoubtful(judge, "a", other(OTHER, A, 5), tries);
      assertDoubtful(judge, "a", other(OTHER, A, 5), tries);
      assertDoubtful(judge, "a", other(OTHER, B, 5), tries);
    }
    EtagTrust.Tries ofOtherSize = new EtagTrust.Tries();
    for (int i = 0; i < 5; i++) {
      assertDoubtful(judge, "b", other(OTHER, A, 4), ofOtherSize);
    }
  }

  @Test
  void takesAContradictionForDamageWhereAnotherObjectHasItsMd5() {
    judge.check(wanted("whole", ""), fetched(MD5), new EtagTrust.Tries());
    for (String key : new String[] {"a", "b"}) {
      EtagTrust.Tries tries = new EtagTrust.Tries();
      for (int i = 0; i < 5; i++) {
        assertDoubtful(judge, key, fetched(OTHER), tries);
      }
    }
  }

  /** One object alone may be damaged on the server's disk. */
  @Test
  void wantsTwoObjectsWhereEarlierRunsHaveSeenMd5s() {
    ContentVerifier later = judge(true);
    EtagTrust.Tries first = new EtagTrust.Tries();
    for (int i = 0; i < 5; i++) {
      assertDoubtful(later, "a", fetched(OTHER), first);
    }
    EtagTrust.Tries second = new EtagTrust.Tries();
    assertDoubtful(later, "b", fetched(OTHER), second);
    assertDoubtful(later, "b", fetched(OTHER), second);
    assertAccepted(later, "b", fetched(OTHER), second);
    assertAccepted(later, "a", fetched(OTHER), first);
  }
}

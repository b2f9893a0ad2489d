package io.parsecbackup.objectstore.raid;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.parsecbackup.objectstore.content.BodyChecksum;
import io.parsecbackup.objectstore.content.ContentFacts;
import io.parsecbackup.objectstore.content.FetchedObject;
import io.parsecbackup.objectstore.content.FileDigests;
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

  private final ContentVerifier verifier = verifier(false);

  private static ContentVerifier verifier(boolean earlierMd5s) {
    return new ContentVerifier(new EtagTrust("the bucket x", () -> earlierMd5s));
  }

  private static ContentFacts checksum(boolean matches) {
    return new ContentFacts(
        false,
        Optional.of(new BodyChecksum.Result("x-amz-checksum-crc32", "AAAAAA==", "BBBB", matches)),
        false);
  }

  private static FetchedObject fetched(String etag, ContentFacts facts) {
    return new FetchedObject(new FileDigests(5, A, MD5), 5, etag, Instant.EPOCH, facts);
  }

  private static FetchedObject fetched(String etag) {
    return fetched(etag, ContentFacts.NONE);
  }

  private static FetchedObject other(String etag, String sha256, long size) {
    return new FetchedObject(
        new FileDigests(size, sha256, MD5), size, etag, Instant.EPOCH, ContentFacts.NONE);
  }

  private static FetchRequest request(String key, String listedEtag) {
    return new FetchRequest(key, OptionalLong.of(5), listedEtag, "");
  }

  static Stream<Arguments> right() {
    return Stream.of(
        argumentSet("its MD5", fetched(MD5), "", ContentCheck.ETAG),
        argumentSet("in capitals", fetched(MD5.toUpperCase(Locale.ROOT)), "", ContentCheck.ETAG),
        argumentSet("replaced since the listing", fetched(MD5), OTHER, ContentCheck.ETAG),
        argumentSet("only the ETag of the listing", fetched(""), MD5, ContentCheck.ETAG),
        argumentSet(
            "its MD5, although it looks like a page", fetched(MD5, PAGE), "", ContentCheck.ETAG),
        argumentSet("a checksum", fetched(MD5 + "-2", checksum(true)), "", ContentCheck.CHECKSUM),
        argumentSet("no ETag", fetched(""), "", ContentCheck.LENGTH),
        argumentSet("parts", fetched(OTHER + "-2"), "", ContentCheck.LENGTH),
        argumentSet("replaced in parts", fetched(OTHER + "-2"), OTHER, ContentCheck.LENGTH),
        argumentSet("a key of KMS", fetched(OTHER, KMS), OTHER, ContentCheck.LENGTH));
  }

  @ParameterizedTest
  @MethodSource("right")
  void acceptsRightBytes(FetchedObject fetched, String listed, ContentCheck check) {
    assertEquals(
        new ContentVerifier.Accepted(check),
        verifier.check(request("k", listed), fetched, new EtagTrust.Tries()));
  }

  static Stream<Arguments> wrong() {
    FetchedObject shorter =
        new FetchedObject(new FileDigests(4, A, MD5), 5, MD5, Instant.EPOCH, ContentFacts.NONE);
    return Stream.of(
        argumentSet("shorter than announced", shorter, "", "server announced"),
        argumentSet("a wrong checksum", fetched("", checksum(false)), "", "checksum-crc32"),
        argumentSet(
            "a wrong checksum with the right ETag",
            fetched(MD5, checksum(false)),
            "",
            "checksum-crc32"),
        argumentSet("not the listed bytes", fetched(""), OTHER, "listing"),
        argumentSet(
            "not the listed bytes, with another form of ETag", fetched("x"), OTHER, "listing"),
        argumentSet("a page", fetched("", PAGE), "", "page"),
        argumentSet("a page with an ETag", fetched(OTHER, PAGE), "", "page"),
        argumentSet("another size than listed", other("x-2", A, 4), "x-2", "the listing says"));
  }

  @ParameterizedTest
  @MethodSource("wrong")
  void rejectsWrongBytes(FetchedObject fetched, String listed, String why) {
    // However often it is fetched.
    EtagTrust.Tries tries = new EtagTrust.Tries();
    for (int i = 0; i < 5; i++) {
      TransferException failure =
          assertThrows(
              TransferException.class, () -> verifier.check(request("k", listed), fetched, tries));
      assertEquals(TransferException.Kind.TEMPORARY, failure.kind());
      assertTrue(String.valueOf(failure.getMessage()).contains(why), failure.getMessage());
    }
  }

  private static void assertDoubtful(
      ContentVerifier verifier, String key, FetchedObject fetched, EtagTrust.Tries tries) {
    assertInstanceOf(
        ContentVerifier.Doubtful.class, verifier.check(request(key, ""), fetched, tries), key);
  }

  private static void assertAccepted(
      ContentVerifier verifier, String key, FetchedObject fetched, EtagTrust.Tries tries) {
    assertEquals(
        new ContentVerifier.Accepted(ContentCheck.LENGTH),
        verifier.check(request(key, ""), fetched, tries));
  }

  @Test
  void learnsFromRepeatedBytesThatETagsAreNotMd5s() {
    EtagTrust.Tries tries = new EtagTrust.Tries();
    assertDoubtful(verifier, "a", fetched(OTHER), tries);
    assertDoubtful(verifier, "a", fetched(OTHER), tries);
    assertAccepted(verifier, "a", fetched(OTHER), tries);
    assertAccepted(verifier, "b", fetched(OTHER), new EtagTrust.Tries());
    // Other facts in the answer still count.
    assertThrows(
        TransferException.class,
        () ->
            verifier.check(
                request("c", ""), fetched(OTHER, checksum(false)), new EtagTrust.Tries()));
    assertThrows(
        TransferException.class,
        () -> verifier.check(request("d", ""), fetched(OTHER, PAGE), new EtagTrust.Tries()));
  }

  @Test
  void learnsNothingFromChangingBytesOrAnotherSize() {
    EtagTrust.Tries tries = new EtagTrust.Tries();
    for (int i = 0; i < 5; i++) {
      assertDoubtful(verifier, "a", other(OTHER, A, 5), tries);
      assertDoubtful(verifier, "a", other(OTHER, A, 5), tries);
      assertDoubtful(verifier, "a", other(OTHER, B, 5), tries);
    }
    EtagTrust.Tries ofOtherSize = new EtagTrust.Tries();
    for (int i = 0; i < 5; i++) {
      assertDoubtful(verifier, "b", other(OTHER, A, 4), ofOtherSize);
    }
  }

  @Test
  void detectsDamageIfAnotherObjectsETagIsItsMd5() {
    verifier.check(request("whole", ""), fetched(MD5), new EtagTrust.Tries());
    for (String key : new String[] {"a", "b"}) {
      EtagTrust.Tries tries = new EtagTrust.Tries();
      for (int i = 0; i < 5; i++) {
        assertDoubtful(verifier, key, fetched(OTHER), tries);
      }
    }
  }

  /** A single object may be damaged on the server's disk. */
  @Test
  void needsTwoObjectsIfEarlierRunsSawMd5s() {
    ContentVerifier later = verifier(true);
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

package io.parsecbackup.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.Locale;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class FetchedObjectTest {

  private static final String MD5 = "d41d8cd98f00b204e9800998ecf8427e";
  private static final String OTHER = "0cc175b9c0f1b6a831c399e269772661";

  private static FetchedObject fetched(long size, long announced, String etag, boolean kms) {
    return new FetchedObject(size, announced, "0".repeat(64), MD5, etag, Instant.EPOCH, kms);
  }

  private static Wanted listed(long size, String etag) {
    return new Wanted("k", OptionalLong.of(size), etag, "");
  }

  @Test
  void isRightWhenLengthAndMd5Are() {
    assertEquals("", fetched(5, 5, MD5, false).fault(listed(5, MD5)));
    assertEquals("", fetched(5, 5, MD5.toUpperCase(Locale.ROOT), false).fault(listed(5, MD5)));
  }

  @Test
  void isWrongWithAnotherMd5() {
    assertTrue(fetched(5, 5, OTHER, false).fault(listed(5, OTHER)).contains(OTHER));
  }

  @Test
  void isWrongWithAnotherLengthThanAnnounced() {
    assertFalse(fetched(4, 5, MD5, false).fault(listed(5, MD5)).isEmpty());
    assertFalse(fetched(4, 5, MD5 + "-2", false).fault(listed(5, "x")).isEmpty());
  }

  @Test
  void isWrongWithAnotherLengthThanListedUnderTheSameETag() {
    assertFalse(fetched(4, 4, "x-2", false).fault(listed(5, "x-2")).isEmpty());
    // It was replaced since.
    assertEquals("", fetched(4, 4, "y-2", false).fault(listed(5, "x-2")));
  }

  @Test
  void hasAnMd5OnlyInAnETagOf32HexDigitsWithoutAKms() {
    assertTrue(fetched(5, 5, OTHER, false).hasMd5());
    assertFalse(fetched(5, 5, OTHER, true).hasMd5());
    assertFalse(fetched(5, 5, OTHER + "-2", false).hasMd5());
    assertFalse(fetched(5, 5, "", false).hasMd5());
    assertFalse(fetched(5, 5, OTHER.substring(1) + "g", false).hasMd5());
    assertEquals("", fetched(5, 5, OTHER, true).fault(listed(5, OTHER)));
  }
}

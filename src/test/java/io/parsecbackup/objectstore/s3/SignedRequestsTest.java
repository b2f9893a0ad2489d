package io.parsecbackup.objectstore.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class SignedRequestsTest {

  @Test
  void readsTheTimeOfAHeaderAndIgnoresInvalidTimes() {
    Instant noon = Instant.parse("2026-11-29T12:00:00Z");
    assertEquals(noon, SignedRequests.time("Sun, 29 Nov 2026 12:00:00 GMT"));
    assertEquals(noon, SignedRequests.time("Sun, 29 Nov 2026 14:00:00 +0200"));
    assertEquals(Instant.EPOCH, SignedRequests.time(null));
    assertEquals(Instant.EPOCH, SignedRequests.time("yesterday"));
    assertEquals(Instant.EPOCH, SignedRequests.time("x".repeat(1000) + " GMT"));
  }
}

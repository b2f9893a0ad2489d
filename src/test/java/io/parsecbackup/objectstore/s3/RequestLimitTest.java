package io.parsecbackup.objectstore.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.objectstore.s3.RequestLimit.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** With a simulated server and a simulated clock. */
class RequestLimitTest {

  private static final long SERVICE = Duration.ofMillis(20).toNanos();
  private static final long REFUSAL = Duration.ofMillis(1).toNanos();

  /** A server that works on a number of requests at once, and queues or refuses the others. */
  private static final class Server {

    private record End(long at, long begun, Outcome outcome) {}

    private final Random random = new Random(1);
    private final PriorityQueue<End> ends =
        new PriorityQueue<>((a, b) -> Long.compare(a.at(), b.at()));
    private final RequestLimit limit;
    private final PriorityQueue<Long> freeAt = new PriorityQueue<>();

    private long now;
    private int accepts = Integer.MAX_VALUE;
    private int present;
    private int refused;
    private int most;
    private int refusesEvery = Integer.MAX_VALUE;
    private int arrivals;

    Server(int highest, int atOnce) {
      workOn(atOnce);
      limit = new RequestLimit(highest, () -> now);
    }

    void workOn(int atOnce) {
      freeAt.clear();
      for (int i = 0; i < atOnce; i++) {
        freeAt.add(now);
      }
    }

    /** Answers {@code requests} requests, while more always wait. */
    void answer(int requests) {
      for (int i = 0; i < 256; i++) {
        limit.begin(this::arrive);
      }
      for (int i = 0; i < requests; i++) {
        End end = ends.remove();
        now = end.at();
        present--;
        if (end.outcome() == Outcome.THROTTLED) {
          refused++;
        }
        limit.begin(this::arrive);
        limit.end(end.outcome(), now - end.begun());
      }
    }

    private void arrive() {
      present++;
      most = Math.max(most, present);
      if (present > accepts || ++arrivals % refusesEvery == 0) {
        ends.add(new End(now + REFUSAL, now, Outcome.THROTTLED));
        return;
      }
      long begins = Math.max(now, freeAt.remove());
      long end = begins + (long) (SERVICE * random.nextDouble(0.9, 1.1));
      freeAt.add(end);
      ends.add(new End(end, now, Outcome.DONE));
    }
  }

  @Test
  void risesToTheHighestWhileThatHelps() {
    Server server = new Server(32, 100);
    server.answer(2_000);
    assertEquals(32, server.limit.limit());
    assertEquals(32, server.most);
  }

  @Test
  void staysWhereMoreRequestsAtOnceDoNotHelp() {
    Server server = new Server(128, 10);
    server.answer(10_000);
    int limit = server.limit.limit();
    assertTrue(limit >= 10 && limit <= 20, "limit " + limit);
  }

  @Test
  void fallsIfTheServerAsksForFewerRequests() {
    Server server = new Server(128, 100);
    server.accepts = 24;
    server.answer(20_000);
    assertTrue(server.limit.limit() <= 32, "limit " + server.limit.limit());
    assertTrue(server.refused < 2_000, server.refused + " refused");
  }

  @Test
  void fallsIfTheServerBecomesSlowAndRisesAgainAfterwards() {
    Server server = new Server(64, 100);
    server.answer(5_000);
    assertEquals(64, server.limit.limit());
    server.workOn(8);
    server.answer(5_000);
    int slow = server.limit.limit();
    assertTrue(slow <= 16, "limit " + slow);
    server.workOn(100);
    server.answer(30_000);
    assertEquals(64, server.limit.limit());
  }

  @Test
  void fallsWhileTheServerRefusesAPartOfAllRequestsAndRisesAgainAfterwards() {
    Server server = new Server(64, 100);
    server.answer(5_000);
    assertEquals(64, server.limit.limit());
    server.refusesEvery = 3;
    server.answer(1_000);
    assertTrue(server.limit.limit() <= 16, "limit " + server.limit.limit());
    server.refusesEvery = Integer.MAX_VALUE;
    server.answer(30_000);
    assertEquals(64, server.limit.limit());
  }

  @Test
  void alwaysLeavesSomeRequests() {
    Server server = new Server(32, 100);
    server.accepts = 0;
    server.answer(1_000);
    assertEquals(4, server.limit.limit());
    assertEquals(1, new RequestLimit(1, System::nanoTime).limit());
  }

  @Test
  void aFailureThatIsNotAboutTheLoadChangesNothing() {
    RequestLimit limit = new RequestLimit(32, () -> 0);
    for (int i = 0; i < 1_000; i++) {
      limit.begin(() -> {});
      limit.end(Outcome.FAILED, 1);
    }
    assertEquals(8, limit.limit());
  }

  @Test
  void requestsAboveTheLimitWaitInTheirOrder() {
    RequestLimit limit = new RequestLimit(2, () -> 0);
    List<Integer> begun = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      int number = i;
      limit.begin(() -> begun.add(number));
    }
    assertEquals(List.of(0, 1), begun);
    limit.end(Outcome.DONE, 1);
    assertEquals(List.of(0, 1, 2), begun);
    limit.end(Outcome.DONE, 1);
    assertEquals(List.of(0, 1, 2, 3), begun);
  }
}

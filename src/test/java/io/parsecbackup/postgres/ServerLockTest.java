package io.parsecbackup.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.dump.Failures;
import io.parsecbackup.dump.restore.Databases;
import io.parsecbackup.testing.EmbeddedDatabase;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Only one session holds the lock, in whichever databases the sessions are. */
@Timeout(60)
class ServerLockTest {

  @Test
  void isHeldAcrossDatabasesUntilTheSessionEnds() {
    try (EmbeddedDatabase server = EmbeddedDatabase.open();
        ServerSession second = session(server, "template1")) {
      try (ServerSession first = session(server, "postgres")) {
        ServerLock.take(first, "restore into x", Duration.ZERO, "held");
        assertEquals(
            "held",
            Failures.message(
                Problem.Kind.HELD,
                () -> ServerLock.take(second, "restore into x", Duration.ofMillis(300), "held")));
        ServerLock.take(second, "restore into y", Duration.ZERO, "held");
      }
      ServerLock.take(second, "restore into x", Duration.ofSeconds(20), "held");
    }
  }

  private static ServerSession session(EmbeddedDatabase server, String database) {
    return ServerSession.open(Databases.uri(server.uri(database)), new Cancellation());
  }
}

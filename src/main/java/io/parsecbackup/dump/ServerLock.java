package io.parsecbackup.dump;

import io.parsecbackup.Problem;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;

/** Keeps two restores into one database, or two drills of one name, from each other's work. */
final class ServerLock {

  private static final Duration TURN = Duration.ofMillis(100);

  private ServerLock() {}

  /**
   * Takes an advisory lock, which the session then holds to its end. Waits a little: what a killed
   * restore has asked for may still be going on in the server, and its session with it.
   *
   * @throws Problem of kind HELD
   */
  static void take(ServerSession session, String what, Duration patience, String held) {
    long deadline = System.nanoTime() + patience.toNanos();
    while (!session.is("SELECT pg_try_advisory_lock(" + key(what) + ")")) {
      if (System.nanoTime() > deadline) {
        throw new Problem(Problem.Kind.HELD, held);
      }
      session.pause(TURN);
    }
  }

  private static long key(String what) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(("parsec-backup " + what).getBytes(StandardCharsets.UTF_8));
      return ByteBuffer.wrap(digest).getLong();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }
}

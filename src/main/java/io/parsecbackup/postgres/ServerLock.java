package io.parsecbackup.postgres;

import io.parsecbackup.Problem;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;

/** Prevents two restores into one database, and two drills with one name, at the same time. */
public final class ServerLock {

  private static final Duration PAUSE = Duration.ofMillis(100);

  private ServerLock() {}

  /**
   * Takes an advisory lock, which the session holds to its end. The server keeps such locks per
   * database, so a lock of a session in another database counts too; if two sessions in different
   * databases take it at the same time, both may have to retry. Waits a little, because the session
   * of a killed restore may still be active on the server.
   *
   * @param held the error if another session holds the lock
   * @throws Problem of kind HELD
   */
  public static void take(ServerSession session, String what, Duration patience, String held) {
    long deadline = System.nanoTime() + patience.toNanos();
    long key = key(what);
    while (!taken(session, key)) {
      if (System.nanoTime() > deadline) {
        throw new Problem(Problem.Kind.HELD, held);
      }
      session.pause(PAUSE);
    }
  }

  private static boolean taken(ServerSession session, long key) {
    if (!session.is("SELECT pg_try_advisory_lock(" + key + ")")) {
      return false;
    }
    boolean elsewhere =
        session.is(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1 AND"
                + " granted AND pid <> pg_backend_pid() AND ((classid::bigint << 32) |"
                + " objid::bigint) = "
                + key
                + ")");
    return !elsewhere || !session.is("SELECT pg_advisory_unlock(" + key + ")");
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

package io.parsecbackup.dump.restore;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.postgres.connection.DatabaseUri;
import io.parsecbackup.testing.Checkpoints;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/**
 * Restores, or opens and closes a scratch database, and kills itself with {@code kill -9} at a
 * step: {@code KillableRestore DUMP BACKUP replace|create|fill|scratch[-2|-4] STEP OCCURRENCE},
 * with the target in the environment's {@code TARGET}.
 */
public final class KillableRestore {

  private KillableRestore() {}

  public static void main(String[] arguments) {
    String step = arguments[3];
    int wanted = Integer.parseInt(arguments[4]);
    Checkpoints checkpoints =
        new Checkpoints((name, occurrence) -> {
          if (name.equals(step) && occurrence == wanted) {
            kill();
          }
        });
    try {
      run(
          RestoreFixture.restorer(checkpoints).withJobs(jobs(arguments[2])),
          Databases.uri(System.getenv("TARGET")),
          RestoreFixture.source(Path.of(arguments[0]), arguments[1]),
          arguments[2]);
    } catch (Problem e) {
      System.err.println(e.getMessage());
      System.exit(e.exitCode());
    }
  }

  /** A name such as {@code replace-2} ends in the number of connections. */
  static int jobs(String how) {
    int dash = how.indexOf('-');
    return dash < 0 ? 1 : Integer.parseInt(how.substring(dash + 1));
  }

  static void run(DatabaseRestorer restorer, DatabaseUri target, DumpSource dump, String how) {
    if (how.startsWith("scratch")) {
      try (ScratchDatabase scratch =
          RestoreFixture.scratch(restorer, target, target.database(), dump)) {
        scratch.drop();
      }
      return;
    }
    DatabasePlan plan = restorer.plan(dump, target, how.startsWith("replace"), new Cancellation());
    restorer.carryOut(plan, bytes -> {}, new Cancellation());
  }

  /** Java has no way to send itself a signal. */
  private static void kill() {
    String pid = Long.toString(ProcessHandle.current().pid());
    try {
      new ProcessBuilder("/bin/sh", "-c", "kill -9 \"$1\"", "sh", pid).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    while (true) {
      LockSupport.park();
    }
  }
}

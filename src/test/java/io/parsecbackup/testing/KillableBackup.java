package io.parsecbackup.testing;

import io.parsecbackup.Problem;
import io.parsecbackup.backup.BackupService;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.repository.storage.folder.StableStorage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.locks.LockSupport;

/**
 * Takes one backup and kills itself with {@code kill -9} at a step: {@code KillableBackup
 * REPOSITORY STEP OCCURRENCE}, with steps as {@link Checkpoints} names them. If the run does not
 * reach the step, it ends as the program does. With the signal STOP in {@link #SIGNAL} it stops
 * itself instead, and continues when a test continues it.
 */
public final class KillableBackup {

  /** A variable of the environment: the signal instead of KILL. */
  static final String SIGNAL = "PARSEC_TEST_SIGNAL";

  private KillableBackup() {}

  public static void main(String[] arguments) {
    Checkpoints checkpoints = killedAt(arguments[1], Integer.parseInt(arguments[2]));
    BackupService backups =
        PlainCore.backups(
            Path.of(arguments[0]),
            System.getenv(),
            new StableStorage(checkpoints),
            PlainCore.Limits.USUAL,
            "references".equals(System.getenv("PARSEC_BACKUP_SYNC_STRATEGY"))
                ? PlainCore.Sync.REFERENCES
                : PlainCore.Sync.LISTING,
            Clock.systemUTC());
    System.exit(run(backups));
  }

  /** Kills this process when it reaches the step for the {@code wanted}-th time. */
  static Checkpoints killedAt(String step, int wanted) {
    return new Checkpoints((name, occurrence) -> {
      if (name.equals(step) && occurrence == wanted) {
        signal(System.getenv().getOrDefault(SIGNAL, "KILL"));
      }
    });
  }

  private static int run(BackupService backups) {
    try {
      return backups.start(Trigger.CLI).execute().exitCode();
    } catch (Problem e) {
      System.err.println(e.getMessage());
      return e.exitCode();
    }
  }

  /** Java has no way to send itself a signal. */
  private static void signal(String signal) {
    String pid = Long.toString(ProcessHandle.current().pid());
    try {
      Process kill =
          new ProcessBuilder("/bin/sh", "-c", "kill -\"$1\" \"$2\"", "sh", signal, pid).start();
      // A stopped process learns of this end only after it continues.
      kill.waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    while (signal.equals("KILL")) {
      LockSupport.park();
    }
  }
}

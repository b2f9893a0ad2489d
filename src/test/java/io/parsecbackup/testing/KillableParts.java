package io.parsecbackup.testing;

import io.parsecbackup.Problem;
import io.parsecbackup.backup.parts.PartedBackups;
import io.parsecbackup.job.Job;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.repository.storage.folder.StableStorage;
import java.nio.file.Path;

/**
 * Takes one step of a backup in parts and kills itself with {@code kill -9} at a checkpoint: {@code
 * KillableParts REPOSITORY plan|part|join NUMBER CHECKPOINT OCCURRENCE}, with checkpoints as {@link
 * Checkpoints} names them. The number is that of the parts, or of the part. If it does not reach
 * the checkpoint, it ends as the program does.
 */
public final class KillableParts {

  private KillableParts() {}

  public static void main(String[] arguments) {
    Checkpoints checkpoints = KillableBackup.killedAt(arguments[3], Integer.parseInt(arguments[4]));
    PartedBackups backups =
        PlainCore.parted(
            Path.of(arguments[0]),
            System.getenv(),
            new StableStorage(checkpoints),
            PlainCore.Limits.USUAL);
    System.exit(run(backups, arguments[1], Integer.parseInt(arguments[2])));
  }

  private static int run(PartedBackups backups, String step, int number) {
    try {
      return begin(backups, step, number).execute().exitCode();
    } catch (Problem e) {
      System.err.println(e.getMessage());
      return e.exitCode();
    }
  }

  private static Job<?> begin(PartedBackups backups, String step, int number) {
    return switch (step) {
      case "plan" -> backups.plan(number, Trigger.CLI);
      case "part" -> backups.part(number, Trigger.CLI);
      case "join" -> backups.join();
      default -> throw new IllegalArgumentException(step);
    };
  }
}

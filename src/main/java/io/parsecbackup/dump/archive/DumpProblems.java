package io.parsecbackup.dump.archive;

import io.parsecbackup.Problem;
import io.parsecbackup.repository.encryption.DecryptionException;
import io.parsecbackup.repository.encryption.ReadableFile;
import java.io.IOException;

/** The errors for a dump that cannot be used. */
public final class DumpProblems {

  private DumpProblems() {}

  /** The error for a dump that is not what pg_dump wrote. */
  public static Problem damaged(ReadableFile file, String why) {
    return new Problem(
        Problem.Kind.DATABASE,
        "The dump "
            + file
            + " is damaged, or is not a complete dump that pg_dump wrote with --format=custom,"
            + " --format=directory or --format=plain: "
            + why.strip()
            + ". Use another dump.");
  }

  /** The error for a dump that cannot be read: its disk fails, or its encryption is damaged. */
  public static Problem unreadable(ReadableFile file, IOException e) {
    if (e instanceof DecryptionException) {
      return new Problem(
          Problem.Kind.DATABASE,
          "The dump "
              + file
              + " is damaged: it cannot be decrypted to its end, because it was changed or"
              + " truncated. Use another dump.",
          e);
    }
    return new Problem(
        Problem.Kind.INTERNAL, "Could not read the dump " + file + ": " + e.getMessage(), e);
  }
}

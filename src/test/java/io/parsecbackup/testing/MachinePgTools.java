package io.parsecbackup.testing;

import io.parsecbackup.postgres.PgTools;
import java.util.Optional;

/**
 * PostgreSQL's client programs of this machine, found once for all tests of a JVM: to find them,
 * each is started for its version.
 */
public final class MachinePgTools {

  private static final PgTools FOUND = PgTools.find(Optional.empty(), System.getenv());

  private MachinePgTools() {}

  public static PgTools get() {
    return FOUND;
  }
}

package io.parsecbackup.testing;

import io.parsecbackup.postgres.PgTools;
import java.util.Optional;

/**
 * This machine's client programs of PostgreSQL, found once for all tests of a JVM: the search
 * starts each program to ask for its version.
 */
public final class MachinePgTools {

  private static final PgTools FOUND = PgTools.find(Optional.empty(), System.getenv());

  private MachinePgTools() {}

  public static PgTools get() {
    return FOUND;
  }
}

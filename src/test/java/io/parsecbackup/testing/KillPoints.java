package io.parsecbackup.testing;

import java.util.List;
import java.util.stream.Stream;

/**
 * Which tests of a kill start a process and kill it, if something cheaper leaves the same behind. A
 * process costs more than a second; {@code -Dkill.all=true}, which {@code .ci/run} sets, kills one
 * at each step.
 */
public final class KillPoints {

  private static final boolean ALL = Boolean.getBoolean("kill.all");

  /** Few enough that each kind of test has some real kills. */
  private static final int EVERY = 6;

  private KillPoints() {}

  /** Of tests that all need a real kill: only some of them, or all with {@code -Dkill.all=true}. */
  public static <T> Stream<T> some(List<T> few, List<T> others) {
    return ALL ? Stream.concat(few.stream(), others.stream()) : few.stream();
  }

  /**
   * Whether the test kills a process.
   *
   * @param test counted from 0 within its kind
   */
  public static boolean isReal(int test) {
    return ALL || test % EVERY == 0;
  }
}

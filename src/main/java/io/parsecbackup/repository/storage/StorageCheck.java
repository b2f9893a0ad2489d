package io.parsecbackup.repository.storage;

import java.io.IOException;
import java.util.List;

/**
 * A test of the place of a repository, for {@code doctor}. It removes what it has written, if this
 * program may delete it.
 *
 * @param name of the result if the test fails
 */
public record StorageCheck(String name, Test test) {

  /** A test. */
  @FunctionalInterface
  public interface Test {
    /**
     * Runs it.
     *
     * @throws io.parsecbackup.Problem when the place cannot be used, with the reason
     */
    List<Result> run() throws IOException;
  }

  /**
   * What a test has found.
   *
   * @param isNote whether an operator should know it, although backups are not affected
   */
  public record Result(String name, boolean isNote, String detail) {

    public static Result ok(String name, String detail) {
      return new Result(name, false, detail);
    }

    public static Result note(String name, String detail) {
      return new Result(name, true, detail);
    }
  }
}

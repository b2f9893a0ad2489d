package io.parsecbackup;

/**
 * What ends an action, in words for an operator: what happened, to what, and what to do. It is the
 * one exception that CLI, REST and the log know how to show; its message never holds a secret.
 */
public final class Problem extends RuntimeException {

  /** A closed list: what an operator, a script or a caller has to tell apart. */
  public enum Kind {
    /** A setting or an argument is wrong, as its text alone shows. */
    CONFIGURATION,
    /** Asked for something that this version does not do. */
    NOT_SUPPORTED,
    /** No such backup, run or job. */
    NOT_FOUND,
    /** Another run holds the repository. */
    HELD,
    /**
     * The repository refuses: another source, a newer format, damage, a file system that cannot
     * hold it.
     */
    REPOSITORY,
    /** Not enough room. */
    SPACE,
    /** The database or one of PostgreSQL's programs failed. */
    DATABASE,
    /** The object store failed. */
    OBJECT_STORE,
    /** Stopped on request. */
    CANCELLED,
    /** None of these: a fault of the program or its surroundings. */
    INTERNAL
  }

  private final Kind kind;

  public Problem(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  public Problem(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }

  /** The exit code of a command that ends with this problem, as the contract lists them. */
  public int exitCode() {
    return switch (kind) {
      case CONFIGURATION, NOT_SUPPORTED -> 2;
      case HELD -> 4;
      case CANCELLED -> 130;
      case NOT_FOUND, REPOSITORY, SPACE, DATABASE, OBJECT_STORE, INTERNAL -> 1;
    };
  }
}

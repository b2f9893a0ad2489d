package io.parsecbackup;

/**
 * An error that ends an action. Its message tells an operator what happened, to what, and what to
 * do, and never contains a secret. CLI, REST and the log show this exception to users, and no
 * other.
 */
public final class Problem extends RuntimeException {

  /** The kinds of error that operators, scripts and API clients distinguish. */
  public enum Kind {
    /** A setting or an argument is invalid. */
    CONFIGURATION,
    /** This version does not support the request. */
    NOT_SUPPORTED,
    /** The backup, run or job does not exist. */
    NOT_FOUND,
    /** Another run has locked the repository. */
    HELD,
    /**
     * The repository cannot be used: another source, a newer format, damage, an unsuitable file
     * system.
     */
    REPOSITORY,
    /** A server did not tell whether it has stored the last file of a backup. */
    UNDECIDED,
    /** Not enough free space. */
    SPACE,
    /** The database or one of PostgreSQL's programs failed. */
    DATABASE,
    /** The object store failed. */
    OBJECT_STORE,
    /** Stopped on request. */
    CANCELLED,
    /** Any other error of the program or its environment. */
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

  /** For a thread that was interrupted while it waited. The thread stays interrupted. */
  public static Problem interrupted(InterruptedException interrupt) {
    Thread.currentThread().interrupt();
    return new Problem(Kind.CANCELLED, "The thread was interrupted", interrupt);
  }

  public Kind kind() {
    return kind;
  }

  /** The exit code of a command that ends with this problem. */
  public int exitCode() {
    return switch (kind) {
      case CONFIGURATION, NOT_SUPPORTED -> 2;
      case HELD -> 4;
      case CANCELLED -> 130;
      case NOT_FOUND, REPOSITORY, UNDECIDED, SPACE, DATABASE, OBJECT_STORE, INTERNAL -> 1;
    };
  }
}

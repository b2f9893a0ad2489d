package io.parsecbackup.api.access;

/** What a caller may do; the names that Quarkus's security knows them by. */
public final class Role {

  /** Reads and acts. */
  public static final String OPERATOR = "operator";

  /** Reads. */
  public static final String VIEWER = "viewer";

  private Role() {}
}

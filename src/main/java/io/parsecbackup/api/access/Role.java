package io.parsecbackup.api.access;

/** Names of the roles, as Quarkus Security uses them. */
public final class Role {

  /** May make every call. */
  public static final String OPERATOR = "operator";

  /** May read. */
  public static final String VIEWER = "viewer";

  private Role() {}
}

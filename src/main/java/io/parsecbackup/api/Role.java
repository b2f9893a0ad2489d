package io.parsecbackup.api;

/** What a caller may do; the names that Quarkus's security knows them by. */
final class Role {

  /** Reads and acts. */
  static final String OPERATOR = "operator";

  /** Reads. */
  static final String VIEWER = "viewer";

  private Role() {}
}

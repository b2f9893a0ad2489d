package io.parsecbackup.objectstore.s3;

/** Knows the credentials for the next request. */
public interface CredentialSource {

  /** Does not block. The same instance until the credentials change. */
  Credentials current();

  /**
   * Replaces credentials that expire soon. May block, so it is not called on an event loop.
   *
   * @throws io.parsecbackup.Problem when there are no credentials
   */
  default void refresh() {}

  /** Credentials that never change. */
  static CredentialSource of(Credentials credentials) {
    return () -> credentials;
  }
}

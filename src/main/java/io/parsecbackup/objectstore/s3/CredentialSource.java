package io.parsecbackup.objectstore.s3;

import java.util.concurrent.Executor;

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

  /**
   * The same credentials for a client that must not wait: {@link #refresh} returns at once, and the
   * executor replaces them. They must have been resolved once before.
   */
  default CredentialSource inBackground(Executor executor) {
    CredentialSource source = this;
    return new CredentialSource() {
      @Override
      public Credentials current() {
        return source.current();
      }

      @Override
      public void refresh() {
        executor.execute(source::refresh);
      }
    };
  }

  /** Credentials that never change. */
  static CredentialSource of(Credentials credentials) {
    return () -> credentials;
  }
}

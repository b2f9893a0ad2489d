package io.parsecbackup.postgres.connection;

import static io.parsecbackup.Problem.Kind.CONFIGURATION;

import io.parsecbackup.Problem;

/**
 * The setting or command-line option that holds a connection URI. Errors name it.
 *
 * @param name such as {@code PARSEC_DB} or {@code --database}
 */
record UriSetting(String name) {

  static final UriSetting PARSEC_DB = new UriSetting("PARSEC_DB");

  /**
   * The error for a URI that is wrong.
   *
   * @param what the rest of the sentence that begins with the setting's name
   */
  Problem wrong(String what) {
    return new Problem(CONFIGURATION, String.join(" ", name, what));
  }
}

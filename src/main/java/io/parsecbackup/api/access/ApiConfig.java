package io.parsecbackup.api.access;

import io.smallrye.config.ConfigMapping;
import java.nio.file.Path;
import java.util.Optional;

/** Access to the REST API. Without a token every call is refused. */
@ConfigMapping(prefix = "parsec.backup.api")
public interface ApiConfig {

  /** Bearer token of the operator, with access to all calls. */
  Optional<String> token();

  /** File that contains {@link #token()}; read on every call, so that it can be changed. */
  Optional<Path> tokenFile();

  /** Bearer token of a viewer, with read access only. */
  Optional<String> viewerToken();

  /** File that contains {@link #viewerToken()}. */
  Optional<Path> viewerTokenFile();

  /**
   * The references ({@code env:NAME}, {@code @/path/file}) that the body of a REST restore may
   * name, separated by white space. Without any, a REST restore can use only the configured stores.
   */
  Optional<String> restoreTargets();
}

package io.parsecbackup.api.access;

import io.smallrye.config.ConfigMapping;
import java.nio.file.Path;
import java.util.Optional;

/** Who may call the REST API. Without a token nobody may. */
@ConfigMapping(prefix = "parsec.backup.api")
public interface ApiConfig {

  /** Bearer token that may do everything. */
  Optional<String> token();

  /** File that holds {@link #token()}; read anew at each call, so that it can be changed. */
  Optional<Path> tokenFile();

  /** Bearer token that may read, and start nothing. */
  Optional<String> viewerToken();

  /** File that holds {@link #viewerToken()}. */
  Optional<Path> viewerTokenFile();

  /**
   * The references ({@code env:NAME}, {@code @/path/file}) that the body of a REST restore may
   * name, separated by white space. Without any, a REST restore goes to the configured stores only.
   */
  Optional<String> restoreTargets();
}

package io.parsecbackup.api;

import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/** Knows the tokens, and whose a given one is. What cannot be read lets nobody in. */
@ApplicationScoped
public class Tokens {

  private static final Logger LOG = Logger.getLogger(Tokens.class);

  private final ApiConfig config;
  private final Map<Path, String> complaints = new ConcurrentHashMap<>();

  public Tokens(ApiConfig config) {
    this.config = config;
  }

  /** The roles of whoever presents {@code token}; none when it is nobody's. */
  public Set<String> rolesOf(String token) {
    if (isSame(token, configured(config.token(), config.tokenFile()))) {
      return Set.of(Role.OPERATOR, Role.VIEWER);
    }
    if (isSame(token, configured(config.viewerToken(), config.viewerTokenFile()))) {
      return Set.of(Role.VIEWER);
    }
    return Set.of();
  }

  private Optional<String> configured(Optional<String> value, Optional<Path> file) {
    return value
        .or(() -> file.flatMap(this::read))
        .map(String::strip)
        .filter(token -> !token.isEmpty());
  }

  private Optional<String> read(Path file) {
    try {
      return Optional.of(Files.readString(file));
    } catch (IOException e) {
      // Anybody can make us read it: they must not be able to fill the log.
      if (!e.toString().equals(complaints.put(file, e.toString()))) {
        LOG.errorf("the token file %s cannot be read, so its token lets nobody in: %s", file, e);
      }
      return Optional.empty();
    }
  }

  /** Takes as long for a token that is nearly right as for any other. */
  private static boolean isSame(String given, Optional<String> configured) {
    return configured.isPresent()
        && MessageDigest.isEqual(
            given.getBytes(StandardCharsets.UTF_8),
            configured.get().getBytes(StandardCharsets.UTF_8));
  }
}

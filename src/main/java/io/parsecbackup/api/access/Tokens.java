package io.parsecbackup.api.access;

import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/**
 * The configured tokens and their roles. A file is read on every call, so that a token can be
 * changed. A file that cannot be read, or whose token is too short, grants no access.
 */
@ApplicationScoped
public class Tokens {

  private static final Logger LOG = Logger.getLogger(Tokens.class);

  private static final String OPERATOR = "parsec.backup.api.token";
  private static final String VIEWER = "parsec.backup.api.viewer-token";

  /** The minimum length of a token: 16 random characters cannot be guessed. */
  private static final int SHORTEST = 16;

  /** The maximum number of bytes read from a file. */
  private static final int LONGEST = 4096;

  private final ApiConfig config;
  private final Map<String, String> logged = new ConcurrentHashMap<>();

  public Tokens(ApiConfig config) {
    this.config = config;
  }

  /** The setting of one of the two tokens. */
  private record Setting(String key, Optional<String> value, Optional<Path> file) {

    /** The token; empty if none is set. */
    Optional<String> read() {
      Optional<String> given = value.map(String::strip).filter(text -> !text.isEmpty());
      Optional<String> token = given.isPresent() ? given : file.map(this::content);
      token.ifPresent(text -> {
        if (text.length() < SHORTEST) {
          throw new Problem(
              Kind.CONFIGURATION,
              (given.isPresent() ? key : key + "-file")
                  + " holds a token of fewer than "
                  + SHORTEST
                  + " characters, which can be guessed. Use a random one, such as the output of 'openssl rand"
                  + " -hex 32'");
        }
      });
      return token;
    }

    private String content(Path path) {
      String problem;
      try {
        if (Files.isRegularFile(path)) {
          try (InputStream in = Files.newInputStream(path)) {
            return new String(in.readNBytes(LONGEST), StandardCharsets.UTF_8).strip();
          }
        }
        problem = Files.exists(path) ? "not a regular file" : "not found";
      } catch (IOException e) {
        problem = e.getClass().getSimpleName();
      }
      throw new Problem(
          Kind.CONFIGURATION,
          key
              + "-file names the file "
              + path
              + ", which cannot be read ("
              + problem
              + "). Set it to a file that the user of this program may read");
    }
  }

  private Setting operator() {
    return new Setting(OPERATOR, config.token(), config.tokenFile());
  }

  private Setting viewer() {
    return new Setting(VIEWER, config.viewerToken(), config.viewerTokenFile());
  }

  /**
   * Checks both tokens; both may be unset.
   *
   * @throws Problem of kind CONFIGURATION that names the first setting whose token is too short,
   *     cannot be read, or equals the other one
   */
  public void require() {
    Optional<String> operator = operator().read();
    Optional<String> viewer = viewer().read();
    if (operator.isPresent() && viewer.equals(operator)) {
      throw new Problem(
          Kind.CONFIGURATION,
          VIEWER
              + " is the same as "
              + OPERATOR
              + ", so a viewer could make every call. Change one of them");
    }
  }

  /** The roles of {@code token}; empty if it is not a configured one. */
  public Set<String> rolesOf(String token) {
    // Both are compared; the viewer role wins if a changed file makes the tokens equal.
    boolean viewer = isSame(token, readOrLog(viewer()));
    boolean operator = isSame(token, readOrLog(operator()));
    if (viewer) {
      return Set.of(Role.VIEWER);
    }
    return operator ? Set.of(Role.OPERATOR, Role.VIEWER) : Set.of();
  }

  private Optional<String> readOrLog(Setting setting) {
    try {
      Optional<String> token = setting.read();
      logged.remove(setting.key());
      return token;
    } catch (Problem e) {
      // Any client can trigger this read: it must not be able to fill the log.
      String text = String.valueOf(e.getMessage());
      if (!text.equals(logged.put(setting.key(), text))) {
        LOG.errorf("a token cannot be used: %s", text);
      }
      return Optional.empty();
    }
  }

  /** Compares in constant time. */
  private static boolean isSame(String given, Optional<String> configured) {
    return configured.isPresent()
        && MessageDigest.isEqual(
            given.getBytes(StandardCharsets.UTF_8),
            configured.get().getBytes(StandardCharsets.UTF_8));
  }
}

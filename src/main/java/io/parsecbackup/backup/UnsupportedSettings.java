package io.parsecbackup.backup;

import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.eclipse.microprofile.config.Config;

/**
 * Settings of later versions. This version refuses them, so that nobody relies on a setting that
 * has no effect.
 */
@ApplicationScoped
public class UnsupportedSettings {

  private static final List<String> KEYS = List.of("notify.webhook-url", "notify.ping-url");

  /** A supported setting that would be empty, without a warning, if it were set as a list. */
  private static final String RECIPIENTS = "encryption.recipients";

  private static final String PREFIX = "parsec.backup.";

  private final Config config;

  public UnsupportedSettings(Config config) {
    this.config = config;
  }

  /**
   * Refuses these settings.
   *
   * @throws Problem that names the first one that is set
   */
  public void refuse() {
    if (isList(PREFIX + RECIPIENTS)) {
      throw new Problem(
          Kind.CONFIGURATION,
          PREFIX
              + RECIPIENTS
              + " is set as a list. Set one value that holds all recipients, separated by white"
              + " space");
    }
    for (String key : KEYS) {
      String name = PREFIX + key;
      Optional<String> value = config.getOptionalValue(name, String.class);
      // The value 'off' asks for nothing.
      if ((value.isPresent() && !value.get().strip().equals("off")) || isList(name)) {
        throw new Problem(
            Kind.NOT_SUPPORTED,
            name
                + " ("
                + variable(name)
                + ") is set, but this version does not support it. Remove it");
      }
    }
  }

  /** Whether an environment variable sets one of them, or an element of its list. */
  public static boolean isOne(String variable) {
    return Stream.concat(KEYS.stream(), Stream.of(RECIPIENTS))
        .map(key -> variable(PREFIX + key))
        .anyMatch(name -> variable.matches(name + "(_[0-9]+_?)?"));
  }

  private static String variable(String name) {
    return name.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
  }

  /** Whether it is set as a list, as {@code name[0]} or {@code NAME_0_}. */
  private boolean isList(String name) {
    String variable = variable(name);
    return StreamSupport.stream(config.getPropertyNames().spliterator(), false)
        .anyMatch(set -> set.startsWith(name + "[") || set.matches(variable + "_[0-9]+_?"));
  }
}

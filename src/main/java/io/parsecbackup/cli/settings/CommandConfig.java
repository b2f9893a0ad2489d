package io.parsecbackup.cli.settings;

import io.smallrye.config.ConfigSourceInterceptor;
import io.smallrye.config.ConfigSourceInterceptorContext;
import io.smallrye.config.ConfigValue;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.config.SmallRyeConfigBuilderCustomizer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Restricts the configuration to what the command uses: other settings are not read, an empty value
 * counts as not set, and help reads no setting at all. Without this Quarkus would read every
 * setting before the command starts, and an invalid one would end it.
 */
public final class CommandConfig implements SmallRyeConfigBuilderCustomizer {

  /** Above the environment and system properties. */
  private static final int ORDINAL = 500;

  /** A one-shot command opens no port, starts no schedule, and keeps Quarkus out of its output. */
  private static final Map<String, String> ONE_SHOT =
      Map.of(
          "quarkus.http.host-enabled", "false",
          "quarkus.http.port", "8080",
          "quarkus.http.ssl-port", "8443",
          "quarkus.scheduler.enabled", "false",
          "quarkus.log.category.\"io.quarkus\".level", "WARN",
          // The command itself prints how its backup or job ended.
          "quarkus.log.category.\"io.parsecbackup.job.JobLog\".level", "OFF");

  private static final Set<String> HELP = Set.of("--help", "-h", "--version", "-V");

  /**
   * The invocation of the program.
   *
   * @param once whether it is a one-shot command
   * @param help whether it only prints help
   */
  private record Invocation(boolean once, boolean help, Predicate<String> used) {}

  private static final Invocation NONE = new Invocation(false, false, key -> true);

  private static volatile Invocation invocation = NONE;

  /** Resets the invocation, for tests. */
  static void reset() {
    invocation = NONE;
  }

  /** Sets the one-shot command, before Quarkus starts. */
  public static void once(String... arguments) {
    List<String> all = List.of(arguments);
    String command =
        Arrays.stream(arguments)
            .filter(argument -> !argument.startsWith("-"))
            .findFirst()
            .orElse("");
    invocation =
        new Invocation(true, all.stream().anyMatch(HELP::contains), KnownSettings.usedBy(command));
  }

  /** Runs after the customizer of Quarkus, which adds the sources. */
  @Override
  public int priority() {
    return Integer.MAX_VALUE;
  }

  @Override
  public void configBuilder(SmallRyeConfigBuilder builder) {
    Invocation asked = invocation;
    if (asked.help()) {
      builder.setAddDefaultSources(false);
      builder.withSources(new PropertiesConfigSource(machine(), "machine", ORDINAL));
    }
    if (asked.once()) {
      builder.withSources(new PropertiesConfigSource(ONE_SHOT, "one-shot command", ORDINAL));
    }
    builder.withInterceptors(new Reader(asked.help() ? key -> false : asked.used()));
  }

  /** The system properties of the JVM, without settings. */
  private static Map<String, String> machine() {
    return System.getProperties().stringPropertyNames().stream()
        .filter(name -> !name.startsWith("quarkus.") && !name.startsWith(KnownSettings.PREFIX))
        .collect(Collectors.toMap(Function.identity(), System::getProperty));
  }

  /** Reads the used settings, and those of Quarkus. */
  private record Reader(Predicate<String> used) implements ConfigSourceInterceptor {

    @Override
    public @Nullable ConfigValue getValue(ConfigSourceInterceptorContext context, String name) {
      Optional<String> unset = KnownSettings.defaultOf(name);
      if (unset.isEmpty()) {
        return context.proceed(name);
      }
      boolean isUsed = used.test(name.substring(KnownSettings.PREFIX.length()));
      ConfigValue value = isUsed ? context.proceed(name) : null;
      if (value != null && value.getValue() != null && !value.getValue().isBlank()) {
        return value;
      }
      String literal = value == null || value.getRawValue() == null ? "" : value.getRawValue();
      // An unset variable stays as written, so that the error names it.
      return Optional.of(literal)
          .filter(text -> !text.isBlank())
          .or(() -> unset.filter(text -> !text.isEmpty()))
          .map(text -> value(name, text))
          .orElse(null);
    }

    private static ConfigValue value(String name, String text) {
      return ConfigValue.builder()
          .withName(name)
          .withValue(text)
          .withRawValue(text)
          .withConfigSourceName("parsec-backup")
          .build();
    }
  }
}

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
 * What the configuration is to the command that was given: a setting which the command does not use
 * is not read, one that is set to nothing is not set, and help needs none at all. Quarkus reads
 * every setting before there is a command, and would end it by any that is wrong.
 */
public final class CommandConfig implements SmallRyeConfigBuilderCustomizer {

  /** Above the environment and system properties. */
  private static final int ORDINAL = 500;

  /** A one-shot command opens no port, starts no schedule, and leaves the screen to its words. */
  private static final Map<String, String> ONE_SHOT =
      Map.of(
          "quarkus.http.host-enabled", "false",
          "quarkus.http.port", "8080",
          "quarkus.http.ssl-port", "8443",
          "quarkus.scheduler.enabled", "false",
          "quarkus.log.category.\"io.quarkus\".level", "WARN",
          // The command itself says how its backup or job ended.
          "quarkus.log.category.\"io.parsecbackup.job.JobLog\".level", "OFF");

  private static final Set<String> HELP = Set.of("--help", "-h", "--version", "-V");

  /**
   * What was asked for.
   *
   * @param once whether it does one thing and ends
   * @param help whether it only explains itself
   */
  private record Invocation(boolean once, boolean help, Predicate<String> used) {}

  private static final Invocation NONE = new Invocation(false, false, key -> true);

  private static volatile Invocation invocation = NONE;

  /** Forgets the command: for tests. */
  static void reset() {
    invocation = NONE;
  }

  /** Tells of a one-shot command, before Quarkus starts. */
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

  /** After Quarkus's own, which adds the sources. */
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

  /** What Java itself says of the machine; of its properties no setting. */
  private static Map<String, String> machine() {
    return System.getProperties().stringPropertyNames().stream()
        .filter(name -> !name.startsWith("quarkus.") && !name.startsWith(KnownSettings.PREFIX))
        .collect(Collectors.toMap(Function.identity(), System::getProperty));
  }

  /** Reads the settings that are used, and those of Quarkus. */
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
      // A variable that is not set stays as it is written: whoever reads the value names it then.
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

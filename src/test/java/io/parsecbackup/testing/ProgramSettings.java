package io.parsecbackup.testing;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.ConfigMappingInterface.Property;
import io.smallrye.config.ConfigMappings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The settings that the program has, found in its code. */
public final class ProgramSettings {

  private static final Path CLASSES = Path.of("target", "classes");

  private ProgramSettings() {}

  /** Their keys, {@code parsec.backup.x-y}, and the code's annotation of each. */
  private static Map<String, Property> properties() {
    Map<String, Property> properties = new TreeMap<>();
    try (Stream<Path> files = Files.walk(CLASSES)) {
      files
          .map(file -> CLASSES.relativize(file).toString())
          .filter(name -> name.startsWith("io/parsecbackup/") && name.endsWith(".class"))
          .map(name -> load(name.substring(0, name.length() - 6).replace('/', '.')))
          .filter(type -> type.isAnnotationPresent(ConfigMapping.class))
          .map(ConfigMappings.ConfigClass::configClass)
          .forEach(mapping -> properties.putAll(ConfigMappings.getProperties(mapping)));
      return properties;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Class<?> load(String name) {
    try {
      return Class.forName(name, false, ProgramSettings.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String variable(String key) {
    return key.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
  }

  /** Their environment variables, and those that the Parsec server also reads. */
  public static Set<String> variables() {
    Set<String> variables =
        new TreeSet<>(Set.of("PARSEC_DB", "PARSEC_BLOCKSTORE", "PARSEC_CMD_ARGS"));
    properties().keySet().forEach(key -> variables.add(variable(key)));
    return variables;
  }

  /** The default of each variable that has one in the code. */
  public static Map<String, String> defaults() {
    Map<String, String> defaults = new TreeMap<>();
    properties()
        .forEach((key, property) -> {
          if (property.hasDefaultValue()) {
            defaults.put(variable(key), property.getDefaultValue());
          }
        });
    return defaults;
  }
}

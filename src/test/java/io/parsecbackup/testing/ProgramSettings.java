package io.parsecbackup.testing;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.ConfigMappings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The settings that the program has, found in its code. */
public final class ProgramSettings {

  private static final Path CLASSES = Path.of("target", "classes");

  private ProgramSettings() {}

  /** Their keys, {@code parsec.backup.x-y}. */
  public static Set<String> keys() {
    try (Stream<Path> files = Files.walk(CLASSES)) {
      return files
          .map(file -> CLASSES.relativize(file).toString())
          .filter(name -> name.startsWith("io/parsecbackup/") && name.endsWith(".class"))
          .map(name -> load(name.substring(0, name.length() - 6).replace('/', '.')))
          .filter(type -> type.isAnnotationPresent(ConfigMapping.class))
          .map(ConfigMappings.ConfigClass::configClass)
          .flatMap(mapping -> ConfigMappings.getProperties(mapping).keySet().stream())
          .collect(Collectors.toCollection(TreeSet::new));
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

  /** As variables of the environment, with those that the Parsec server reads too. */
  public static Set<String> variables() {
    Set<String> variables =
        keys().stream()
            .map(key -> key.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_"))
            .collect(Collectors.toCollection(TreeSet::new));
    variables.addAll(Set.of("PARSEC_DB", "PARSEC_BLOCKSTORE", "PARSEC_CMD_ARGS"));
    return variables;
  }
}

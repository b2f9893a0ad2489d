package io.parsecbackup;

import io.parsecbackup.Problem.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Names a target where secrets are not allowed: {@code env:NAME} for a variable of this program's
 * environment, {@code @file} for a file's content, or the value itself if it contains no secret.
 *
 * @param option the option or field that contains it, for messages
 */
public record TargetText(String option, String text) {

  /** The maximum size of a file, in bytes. */
  private static final int LONGEST = 64 * 1024;

  /** Whether it names a variable or a file, so that it contains no secret itself. */
  public boolean isNamed() {
    return text.startsWith("env:") || text.startsWith("@");
  }

  /**
   * The value that it names.
   *
   * @throws Problem of kind CONFIGURATION if the variable or the file does not exist
   */
  public String value(Map<String, String> environment) {
    if (text.startsWith("env:")) {
      String name = text.substring("env:".length());
      return Optional.ofNullable(environment.get(name))
          .filter(value -> !value.isBlank())
          .orElseThrow(() ->
              new Problem(
                  Kind.CONFIGURATION,
                  option
                      + " names the variable "
                      + name
                      + ", which is not set in this program's environment. Set it, or name another"
                      + " one"));
    }
    return text.startsWith("@") ? content(text.substring(1)) : text;
  }

  private String content(String file) {
    try {
      Path path = Path.of(file);
      // A link is allowed, because Kubernetes links its secrets. Reading a FIFO might never end.
      if (Files.exists(path) && !Files.isRegularFile(path)) {
        throw unreadable(file, "it is not a regular file");
      }
      try (InputStream in = Files.newInputStream(path)) {
        byte[] bytes = in.readNBytes(LONGEST + 1);
        if (bytes.length > LONGEST) {
          throw unreadable(file, "it has more than " + LONGEST + " bytes");
        }
        return new String(bytes, StandardCharsets.UTF_8).strip();
      }
    } catch (IOException | InvalidPathException e) {
      throw unreadable(file, e.getClass().getSimpleName());
    }
  }

  private Problem unreadable(String file, String why) {
    return new Problem(
        Kind.CONFIGURATION,
        option
            + " names the file "
            + file
            + ", which cannot be read as text ("
            + why
            + "). Check its path and rights");
  }

  /** Without the value, which may be a secret even though that is not allowed. */
  @Override
  public String toString() {
    return option + " " + (isNamed() ? text : "***");
  }
}

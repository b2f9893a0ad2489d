package io.parsecbackup.backup;

import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import java.net.URI;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A value that should name a folder. It may be a bucket whose {@code s3:} is missing, and then
 * contains a secret: no message quotes a value with a colon.
 *
 * @param name the setting or option that contains the value, for messages
 * @param isQuoted whether a message may quote anything of the value
 */
record FolderText(String name, String value, boolean isQuoted) {

  /** The scheme of a URL, or of a bucket in Parsec's grammar. */
  private static final Pattern SCHEME = Pattern.compile("^([A-Za-z][A-Za-z0-9+.-]+):");

  private static final String FILE = "file:";

  private static final String FORMS =
      "Use a path such as /var/backups/parsec, a file: URL, or a bucket as s3://BUCKET/PREFIX";

  /**
   * The folder.
   *
   * @throws Problem if it is neither an absolute path nor a {@code file:} URL
   */
  Path path() {
    boolean isUrl = value.regionMatches(true, 0, FILE, 0, FILE.length());
    if (!isUrl) {
      refuseOtherSchemes();
    }
    try {
      Path path = isUrl ? Path.of(URI.create(value)) : Path.of(value);
      if (path.isAbsolute()) {
        return path;
      }
    } catch (FileSystemNotFoundException | IllegalArgumentException e) {
      // The exception's message contains the value.
      throw noPath(Optional.of(e));
    }
    throw noPath(Optional.empty());
  }

  private void refuseOtherSchemes() {
    Matcher scheme = SCHEME.matcher(value);
    if (isQuoted && scheme.find()) {
      throw new Problem(
          Kind.CONFIGURATION,
          name
              + " begins with '"
              + scheme.group()
              + "', which this program does not support. "
              + FORMS);
    }
  }

  private Problem noPath(Optional<Exception> cause) {
    boolean isUrl = value.toLowerCase(Locale.ROOT).startsWith(FILE);
    String rest = isUrl ? value.substring(FILE.length()) : value;
    if (!isQuoted || rest.indexOf(':') >= 0) {
      return new Problem(
          Kind.CONFIGURATION,
          name + " names neither an absolute path nor a bucket that begins with s3:. " + FORMS);
    }
    String why =
        cause
            .map(e -> String.valueOf(e.getMessage()))
            .orElse(
                value.startsWith("~")
                    ? "only a shell replaces ~"
                    : "it is relative to the folder that the program was started in");
    return new Problem(
        Kind.CONFIGURATION,
        name
            + " is '"
            + value
            + "', which is not an absolute path or a file: URL ("
            + why
            + "). Use an absolute path such as /var/backups/parsec");
  }
}

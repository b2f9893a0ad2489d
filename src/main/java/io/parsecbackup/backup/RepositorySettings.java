package io.parsecbackup.backup;

import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.storage.StableStorage;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.net.URI;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The repository that {@code parsec.backup.repository} names. */
@ApplicationScoped
public class RepositorySettings {

  private static final String KEY = "parsec.backup.repository";

  /** How a URL begins, and Parsec's own spelling of a bucket. */
  private static final Pattern SCHEME = Pattern.compile("^([A-Za-z][A-Za-z0-9+.-]+):");

  private final BackupConfig config;
  private final StableStorage storage;

  @Inject
  public RepositorySettings(BackupConfig config) {
    this(config, new StableStorage());
  }

  /**
   * For tests that stop the program in the middle of its work.
   *
   * @param storage told of each flush and rename
   */
  public RepositorySettings(BackupConfig config, StableStorage storage) {
    this.config = config;
    this.storage = storage;
  }

  /**
   * The configured repository; looks at nothing on disk.
   *
   * @throws Problem when it is not set, not of a kind that this version has, or no path
   */
  public Repository repository() {
    String place =
        config
            .repository()
            .orElseThrow(() ->
                new Problem(
                    Kind.CONFIGURATION,
                    KEY
                        + " is not set: name the folder that backups go to, as"
                        + " PARSEC_BACKUP_REPOSITORY=/var/backups/parsec"));
    refuseQuotes(place);
    UnexpandedVariable.refuse(KEY, place);
    refuseOtherSchemes(place);
    requireUtf8FileNames();
    return Repository.at(path(place), storage);
  }

  /** A shell takes quotes away; systemd's and Docker's files of variables do not all. */
  private static void refuseQuotes(String place) {
    if (place.startsWith("\"") || place.startsWith("'")) {
      throw new Problem(
          Kind.CONFIGURATION,
          KEY
              + " begins with a quote: remove the quotes. Nothing has taken them away, so they would"
              + " be part of the path");
    }
  }

  /** Its value may hold a secret then, so no message repeats it. */
  private static void refuseOtherSchemes(String place) {
    Matcher scheme = SCHEME.matcher(place);
    if (!scheme.find()) {
      return;
    }
    switch (scheme.group(1).toLowerCase(Locale.ROOT)) {
      case "file" -> {}
      case "s3" ->
          throw new Problem(
              Kind.NOT_SUPPORTED,
              KEY
                  + " names a bucket: this version keeps backups in folders only. Name a path like"
                  + " /var/backups/parsec");
      default ->
          throw new Problem(
              Kind.CONFIGURATION,
              KEY
                  + " begins with '"
                  + scheme.group()
                  + "', which is no place that this program knows. Name a path like"
                  + " /var/backups/parsec, or a file: URL");
    }
  }

  private static Path path(String place) {
    try {
      Path path =
          place.regionMatches(true, 0, "file:", 0, 5) ? Path.of(URI.create(place)) : Path.of(place);
      if (!path.isAbsolute()) {
        throw new IllegalArgumentException(
            place.startsWith("~")
                ? "only a shell knows what ~ is"
                : "it depends on the folder that the program was started in");
      }
      return path;
    } catch (FileSystemNotFoundException | IllegalArgumentException e) {
      throw noPath(place, e);
    }
  }

  private static Problem noPath(String place, Exception cause) {
    return new Problem(
        Kind.CONFIGURATION,
        KEY
            + " is '"
            + place
            + "', which is no absolute path or file: URL ("
            + cause.getMessage()
            + "). Use an absolute path like /var/backups/parsec",
        cause);
  }

  /**
   * Java takes its file names' encoding from the locale, and cannot name "Éléphant" under C or
   * POSIX; under others it would name it in bytes that no other program expects. A path's URI shows
   * the bytes.
   */
  private static void requireUtf8FileNames() {
    boolean utf8;
    try {
      utf8 = Path.of("/\u00c9\u65e5").toUri().getRawPath().equalsIgnoreCase("/%C3%89%E6%97%A5");
    } catch (InvalidPathException e) {
      utf8 = false;
    }
    if (!utf8) {
      throw new Problem(
          Kind.CONFIGURATION,
          "this process's locale cannot name files in UTF-8, so objects of organizations with other"
              + " letters could not be stored. Set LANG=C.UTF-8 (and no LC_ALL=C) in this program's"
              + " environment");
    }
  }
}

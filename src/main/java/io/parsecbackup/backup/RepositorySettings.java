package io.parsecbackup.backup;

import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.storage.Storage;
import io.parsecbackup.repository.storage.folder.FolderStorage;
import io.parsecbackup.repository.storage.folder.StableStorage;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.net.URI;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The repository that {@code parsec.backup.repository} names. */
@ApplicationScoped
public class RepositorySettings {

  private static final String KEY = "parsec.backup.repository";

  /** A bucket in Parsec's grammar, which contains its secret key. */
  private static final Pattern WITH_SECRET =
      Pattern.compile("^s3:(?!//)", Pattern.CASE_INSENSITIVE);

  /** The scheme of a URL, or of a bucket in Parsec's grammar. */
  private static final Pattern SCHEME = Pattern.compile("^([A-Za-z][A-Za-z0-9+.-]+):");

  private final String key;
  private final Supplier<Optional<String>> place;
  private final Function<Path, Storage> folders;

  @Inject
  public RepositorySettings(BackupConfig config) {
    this(config, folder -> new FolderStorage(folder, new StableStorage()));
  }

  /**
   * For tests that stop the program during its work.
   *
   * @param folders opens a folder
   */
  public RepositorySettings(BackupConfig config, Function<Path, Storage> folders) {
    this(KEY, config::repository, folders);
  }

  private RepositorySettings(
      String key, Supplier<Optional<String>> place, Function<Path, Storage> folders) {
    this.key = key;
    this.place = place;
    this.folders = folders;
  }

  /**
   * The configured repository. Does not access the disk.
   *
   * @throws Problem if the setting is missing, names a kind of repository that this version does
   *     not support, or is not a path
   */
  public Repository repository() {
    return open(
        key,
        place
            .get()
            .orElseThrow(() ->
                new Problem(
                    Kind.CONFIGURATION,
                    KEY
                        + " is not set. Set it to the folder of the backups, such as"
                        + " PARSEC_BACKUP_REPOSITORY=/var/backups/parsec")));
  }

  /**
   * Another repository, with the same forms as the configured one. Does not access the disk.
   *
   * @param name the setting or option that contains the place, for messages
   * @throws Problem as {@link #repository}; the message contains no secret
   */
  public Repository open(String name, String where) {
    refuseQuotes(name, where);
    UnexpandedVariable.refuse(name, where);
    refuseOtherSchemes(name, where);
    requireUtf8FileNames();
    return Repository.at(folders.apply(path(name, where)));
  }

  /**
   * Settings that name another repository.
   *
   * @param text a place without a secret, or a reference to one
   * @throws Problem if the text contains a secret, or its variable or file does not exist
   */
  public RepositorySettings at(TargetText text, Map<String, String> environment) {
    String value = text.value(environment);
    if (!text.isNamed() && WITH_SECRET.matcher(value).find()) {
      throw new Problem(
          Kind.CONFIGURATION,
          text.option()
              + " holds a secret, and every user of this machine can read arguments. Pass it as"
              + " env:NAME or @file");
    }
    return new RepositorySettings(text.option(), () -> Optional.of(value), folders);
  }

  /**
   * A shell removes quotes. systemd and Docker do not remove all of them from an environment file.
   */
  private static void refuseQuotes(String name, String place) {
    if (place.startsWith("\"") || place.startsWith("'")) {
      throw new Problem(
          Kind.CONFIGURATION,
          name + " begins with a quote, which would be part of the path. Remove the quotes");
    }
  }

  /** Such a value may contain a secret, so no message repeats it. */
  private static void refuseOtherSchemes(String name, String place) {
    Matcher scheme = SCHEME.matcher(place);
    if (!scheme.find()) {
      return;
    }
    switch (scheme.group(1).toLowerCase(Locale.ROOT)) {
      case "file" -> {}
      case "s3" ->
          throw new Problem(
              Kind.NOT_SUPPORTED,
              name
                  + " names a bucket, but this version stores backups in folders only. Use a path"
                  + " such as /var/backups/parsec");
      default ->
          throw new Problem(
              Kind.CONFIGURATION,
              name
                  + " begins with '"
                  + scheme.group()
                  + "', which this program does not support. Use a path such as"
                  + " /var/backups/parsec, or a file: URL");
    }
  }

  private static Path path(String name, String place) {
    try {
      Path path =
          place.regionMatches(true, 0, "file:", 0, 5) ? Path.of(URI.create(place)) : Path.of(place);
      if (!path.isAbsolute()) {
        throw new IllegalArgumentException(
            place.startsWith("~")
                ? "only a shell replaces ~"
                : "it is relative to the folder that the program was started in");
      }
      return path;
    } catch (FileSystemNotFoundException | IllegalArgumentException e) {
      throw noPath(name, place, e);
    }
  }

  private static Problem noPath(String name, String place, Exception cause) {
    return new Problem(
        Kind.CONFIGURATION,
        name
            + " is '"
            + place
            + "', which is not an absolute path or a file: URL ("
            + cause.getMessage()
            + "). Use an absolute path such as /var/backups/parsec",
        cause);
  }

  /**
   * Java takes the encoding of file names from the locale. With C or POSIX it cannot create a file
   * named "Éléphant"; with others it would use bytes that no other program expects. The URI of a
   * path shows these bytes.
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
          "this process's locale cannot name files in UTF-8, so the program cannot store the"
              + " objects of every organization. Set LANG=C.UTF-8 in its environment, and do not"
              + " set LC_ALL=C");
    }
  }
}

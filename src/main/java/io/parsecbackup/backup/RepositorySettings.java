package io.parsecbackup.backup;

import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.TargetText;
import io.parsecbackup.objectstore.storage.BucketSetting;
import io.parsecbackup.objectstore.storage.RepositoryStorages;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.storage.Storage;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** The repository that {@code parsec.backup.repository} names. */
@ApplicationScoped
public class RepositorySettings {

  /** The setting that names the repository. */
  public static final String KEY = "parsec.backup.repository";

  private static final String PREFIX_KEY = "parsec.backup.repository-prefix";

  /** A bucket in Parsec's grammar, which contains its secret key. */
  private static final Pattern WITH_SECRET =
      Pattern.compile("^s3:(?!//)", Pattern.CASE_INSENSITIVE);

  private final String key;
  private final Supplier<Optional<String>> place;
  private final Supplier<Optional<String>> prefix;
  private final RepositoryStorages storages;

  @Inject
  public RepositorySettings(BackupConfig config, RepositoryStorages storages) {
    this(KEY, config::repository, config::repositoryPrefix, storages);
  }

  private RepositorySettings(
      String key,
      Supplier<Optional<String>> place,
      Supplier<Optional<String>> prefix,
      RepositoryStorages storages) {
    this.key = key;
    this.place = place;
    this.prefix = prefix;
    this.storages = storages;
  }

  /**
   * The configured repository. Does not access the disk or the bucket.
   *
   * @throws Problem if the setting is missing, or is neither a path nor a bucket
   */
  public Repository repository() {
    String where =
        place
            .get()
            .orElseThrow(() ->
                new Problem(
                    Kind.CONFIGURATION,
                    KEY
                        + " is not set. Set it to the folder or bucket of the backups, such as"
                        + " PARSEC_BACKUP_REPOSITORY=/var/backups/parsec"));
    return open(key, where, prefix.get(), true);
  }

  /**
   * Another repository, with the same forms as the configured one. Does not access the disk.
   *
   * @param name the setting or option that contains the place, for messages
   * @throws Problem as {@link #repository}; the message contains no secret
   */
  public Repository open(String name, String where) {
    return open(name, where, Optional.empty(), true);
  }

  /**
   * As {@link #open(String, String)}, for a part of a list that contains a secret. If the secret
   * was split by a blank, this is a part of it, so that no message quotes anything of it.
   */
  public Repository openBesideSecret(String name, String where) {
    return open(name, where, Optional.empty(), false);
  }

  /** Whether a place contains a secret key. */
  public static boolean hasSecret(String where) {
    return WITH_SECRET.matcher(where).find();
  }

  private Repository open(String name, String where, Optional<String> prefix, boolean isQuoted) {
    refuseQuotes(name, where);
    UnexpandedVariable.refuse(name, where);
    requireUtf8FileNames();
    return Repository.at(storage(name, where, prefix, isQuoted));
  }

  private Storage storage(String name, String where, Optional<String> prefix, boolean isQuoted) {
    if (BucketSetting.names(where)) {
      return storages.bucket(BucketSetting.parse(name, where, PREFIX_KEY, prefix));
    }
    return storages.folder(new FolderText(name, where, isQuoted).path());
  }

  /**
   * Settings that name another repository, or the configured one, which then has its prefix.
   *
   * @param text a place without a secret, or a reference to one
   * @throws Problem if the text contains a secret, or its variable or file does not exist
   */
  public RepositorySettings at(TargetText text, Map<String, String> environment) {
    String value = text.value(environment);
    if (!text.isNamed() && hasSecret(value)) {
      throw new Problem(
          Kind.CONFIGURATION,
          text.option()
              + " holds a secret, and every user of this machine can read arguments. Pass it as"
              + " env:NAME or @file");
    }
    boolean isConfigured = place.get().map(String::strip).equals(Optional.of(value.strip()));
    return new RepositorySettings(
        text.isNamed() ? text.toString() : text.option(),
        () -> Optional.of(value),
        isConfigured ? prefix : Optional::empty,
        storages);
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

package io.parsecbackup.copy;

import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.backup.BackupConfig;
import io.parsecbackup.backup.RepositorySettings;
import io.parsecbackup.backup.SourceSettings;
import io.parsecbackup.repository.Repository;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;

/** The repositories that {@code parsec.backup.copies} names. */
@ApplicationScoped
public class CopySettings {

  static final String KEY = "parsec.backup.copies";

  private final RepositorySettings repositories;
  private final SourceSettings source;
  private final List<String> places;

  @Inject
  public CopySettings(RepositorySettings repositories, SourceSettings source, BackupConfig config) {
    this(repositories, source, config.copies().orElse(""));
  }

  /**
   * @param copies places, separated by white space
   */
  public CopySettings(RepositorySettings repositories, SourceSettings source, String copies) {
    this.repositories = repositories;
    this.source = source;
    this.places = copies.isBlank() ? List.of() : List.of(copies.strip().split("\\s+"));
  }

  /** Whether any copy is configured. */
  public boolean isAny() {
    return !places.isEmpty();
  }

  /** Whether a copy follows each backup. */
  public static boolean followsBackups(CopyConfig config) {
    return config.schedule().strip().equalsIgnoreCase(CopyConfig.AFTER_BACKUP);
  }

  /** The repository that is copied. */
  Repository source() {
    return repositories.repository();
  }

  /**
   * The copies in the configured order. Does not access them.
   *
   * @throws Problem of kind CONFIGURATION if one is not a place, contains the repository, is inside
   *     it, is in a bucket of the Parsec server, or is named twice
   */
  public List<Repository> copies() {
    List<Repository> others = new ArrayList<>(List.of(source()));
    boolean isSecret = places.stream().anyMatch(CopySettings::mayHaveSecret);
    for (String place : places) {
      Repository copy =
          isSecret ? repositories.openBesideSecret(KEY, place) : repositories.open(KEY, place);
      source.requireOutside(KEY, copy);
      if (others.stream().anyMatch(other -> overlap(other, copy))) {
        throw new Problem(
            Kind.CONFIGURATION,
            KEY
                + " names "
                + copy.location()
                + ", which is the repository or another copy, contains it, or is inside it. Use a"
                + " place of its own for each copy");
      }
      others.add(copy);
    }
    return List.copyOf(others.subList(1, others.size()));
  }

  /** A bucket in Parsec's grammar has a secret, also if its {@code s3:} is missing. */
  private static boolean mayHaveSecret(String place) {
    return RepositorySettings.hasSecret(place) || place.split(":", -1).length > 5;
  }

  private static boolean overlap(Repository one, Repository other) {
    String first = one.location() + "/";
    String second = other.location() + "/";
    return first.startsWith(second) || second.startsWith(first);
  }
}

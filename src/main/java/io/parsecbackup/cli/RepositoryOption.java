package io.parsecbackup.cli;

import io.parsecbackup.TargetText;
import io.parsecbackup.backup.RepositorySettings;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The repository that a command reads. */
public class RepositoryOption {

  @Option(
      names = "--repository",
      paramLabel = "PLACE",
      description =
          "Read this repository, such as a copy: env:NAME, @file, or a place without a secret."
              + " Default: parsec.backup.repository.")
  Optional<String> place = Optional.empty();

  /** Whether the command reads the configured repository. */
  boolean isConfigured() {
    return place.isEmpty();
  }

  /** The settings of the selected repository; {@code configured} if the option is not given. */
  RepositorySettings select(RepositorySettings configured) {
    return place
        .map(text -> configured.at(new TargetText("--repository", text), System.getenv()))
        .orElse(configured);
  }
}

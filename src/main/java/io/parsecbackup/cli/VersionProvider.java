package io.parsecbackup.cli;

import io.quarkus.arc.Unremovable;
import jakarta.enterprise.context.Dependent;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import picocli.CommandLine.IVersionProvider;

/** The version of the build for {@code --version}. */
@Dependent
@Unremovable
public class VersionProvider implements IVersionProvider {

  private final String version;

  public VersionProvider(@ConfigProperty(name = "quarkus.application.version") String version) {
    this.version = version;
  }

  @Override
  public String[] getVersion() {
    return new String[] {"parsec-backup " + version};
  }
}

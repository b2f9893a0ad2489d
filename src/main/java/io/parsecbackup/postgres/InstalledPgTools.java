package io.parsecbackup.postgres;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;

/** Finds PostgreSQL's client programs on this machine. Each {@link #get} searches again. */
@ApplicationScoped
public class InstalledPgTools implements Supplier<PgTools> {

  private final Optional<Path> pgBin;

  @Inject
  public InstalledPgTools(PgToolsConfig config) {
    this(config.pgBin());
  }

  /**
   * For programs without injection.
   *
   * @param pgBin the only folder to search; empty for {@code PATH} and the usual folders
   */
  public InstalledPgTools(Optional<Path> pgBin) {
    this.pgBin = pgBin;
  }

  @Override
  public PgTools get() {
    return PgTools.find(pgBin, System.getenv());
  }
}

package io.parsecbackup.health;

import io.parsecbackup.backup.doctor.Diagnosis;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.Readiness;

/**
 * Ready means that a backup could start now: each of these answers, and {@code pg_dump} is new
 * enough. Liveness depends on none of them.
 */
@ApplicationScoped
public class ReadinessChecks {

  private final Probe database;
  private final Probe blockstore;
  private final Probe repository;

  public ReadinessChecks(Diagnosis diagnosis) {
    this.database = new Probe("database", diagnosis::database, Probe.Times.USUAL);
    this.blockstore = new Probe("blockstore", diagnosis::blockstore, Probe.Times.USUAL);
    this.repository = new Probe("repository", diagnosis::repository, Probe.Times.OF_A_DISK);
  }

  @Produces
  @Readiness
  HealthCheck database() {
    return database::answer;
  }

  @Produces
  @Readiness
  HealthCheck blockstore() {
    return blockstore::answer;
  }

  @Produces
  @Readiness
  HealthCheck repository() {
    return repository::answer;
  }
}

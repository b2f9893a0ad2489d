package io.parsecbackup.retention;

import io.parsecbackup.job.JobKind;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.repository.encryption.Encryption;
import java.util.Optional;

/**
 * The request for a prune.
 *
 * @param objects reads the references of backups, to remove objects that no kept one refers to;
 *     empty if all objects stay
 */
public record PruneRequest(
    RetentionRules rules, Optional<Encryption> objects, boolean dryRun, Trigger trigger) {

  public static final JobKind KIND = new JobKind("prune");
}

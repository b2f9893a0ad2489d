/**
 * Jobs: one runner for all kinds, from start or refusal to the recorded result. It does not depend
 * on any kind: each kind implements {@link io.parsecbackup.job.JobStart}.
 */
@NullMarked
package io.parsecbackup.job;

import org.jspecify.annotations.NullMarked;

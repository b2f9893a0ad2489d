/**
 * Jobs: one runner for every kind of them, from start or refusal to the recorded result. It knows
 * no kind; each kind brings a {@link io.parsecbackup.job.JobStart} of its own.
 */
@NullMarked
package io.parsecbackup.job;

import org.jspecify.annotations.NullMarked;

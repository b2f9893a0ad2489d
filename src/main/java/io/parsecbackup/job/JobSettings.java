package io.parsecbackup.job;

import java.time.Clock;
import java.time.Duration;

/**
 * Values that all kinds of jobs share.
 *
 * @param clock names and times the jobs
 * @param limit a job that takes longer is ended as failed: {@code parsec.backup.run-timeout}
 */
public record JobSettings(Clock clock, Duration limit) {}

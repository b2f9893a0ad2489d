/** Metrics for Prometheus. */
@NullMarked
package io.parsecbackup.metrics;

import org.jspecify.annotations.NullMarked;

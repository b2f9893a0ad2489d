/** What Prometheus asks for. */
@NullMarked
package io.parsecbackup.metrics;

import org.jspecify.annotations.NullMarked;

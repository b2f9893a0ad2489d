/** Probes: what keeps the service running, what makes it ready, what calls for an operator. */
@NullMarked
package io.parsecbackup.health;

import org.jspecify.annotations.NullMarked;

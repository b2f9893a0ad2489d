/** Health checks: liveness, readiness, and the group for alerts. */
@NullMarked
package io.parsecbackup.health;

import org.jspecify.annotations.NullMarked;

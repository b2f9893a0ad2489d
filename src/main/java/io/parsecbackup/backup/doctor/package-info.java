/** Finds out what keeps a backup from working, for doctor and the readiness probe. */
@NullMarked
package io.parsecbackup.backup.doctor;

import org.jspecify.annotations.NullMarked;

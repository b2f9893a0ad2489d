/** Finds what prevents a backup, for {@code doctor} and the readiness probe. */
@NullMarked
package io.parsecbackup.backup.doctor;

import org.jspecify.annotations.NullMarked;

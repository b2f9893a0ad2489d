/** Verifies, drills and restores backups. */
@NullMarked
package io.parsecbackup.restore;

import org.jspecify.annotations.NullMarked;

/** When backups are due, and when the newest one is too old: pure decisions over given instants. */
@NullMarked
package io.parsecbackup.schedule;

import org.jspecify.annotations.NullMarked;

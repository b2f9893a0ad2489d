/** When backups, verifications and drills are due, and when the newest backup is too old. */
@NullMarked
package io.parsecbackup.schedule;

import org.jspecify.annotations.NullMarked;

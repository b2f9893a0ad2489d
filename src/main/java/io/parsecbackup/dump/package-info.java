/**
 * PostgreSQL's side of a backup: its own programs as child processes, and the snapshot they share.
 */
@NullMarked
package io.parsecbackup.dump;

import org.jspecify.annotations.NullMarked;

/**
 * A backup, from start to end: snapshot, dump, objects, proof, publish; and the list of all
 * backups.
 */
@NullMarked
package io.parsecbackup.backup;

import org.jspecify.annotations.NullMarked;

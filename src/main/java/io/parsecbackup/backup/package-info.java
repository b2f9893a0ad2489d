/** A backup, from start to end: dump, objects, proof, publish. */
@NullMarked
package io.parsecbackup.backup;

import org.jspecify.annotations.NullMarked;

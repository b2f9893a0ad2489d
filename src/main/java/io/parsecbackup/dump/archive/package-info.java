/** Reads an existing dump: its facts, its rows, and the proof that it is complete. */
@NullMarked
package io.parsecbackup.dump.archive;

import org.jspecify.annotations.NullMarked;

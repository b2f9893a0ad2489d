/** Reads a dump that exists: its facts, its rows, and the proof that it is whole. */
@NullMarked
package io.parsecbackup.dump.archive;

import org.jspecify.annotations.NullMarked;

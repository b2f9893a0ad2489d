/** Sorted records of objects: their lines on disk, streams, merge and sort. */
@NullMarked
package io.parsecbackup.repository.index;

import org.jspecify.annotations.NullMarked;

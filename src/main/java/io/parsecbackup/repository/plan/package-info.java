/** Runs that are planned in one process, and whose objects others fetch. */
@NullMarked
package io.parsecbackup.repository.plan;

import org.jspecify.annotations.NullMarked;

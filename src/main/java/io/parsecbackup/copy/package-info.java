/** Keeps other repositories equal to the configured one. */
@NullMarked
package io.parsecbackup.copy;

import org.jspecify.annotations.NullMarked;

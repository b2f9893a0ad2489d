/** Checks of the files that operators apply: those under {@code deploy}. */
@NullMarked
package io.parsecbackup.deploy;

import org.jspecify.annotations.NullMarked;

/** Checks of what operators apply: the files under {@code deploy}. */
@NullMarked
package io.parsecbackup.deploy;

import org.jspecify.annotations.NullMarked;

/** Proof that a backup serves: what verifies it, restores it, and tries it out. */
@NullMarked
package io.parsecbackup.restore;

import org.jspecify.annotations.NullMarked;

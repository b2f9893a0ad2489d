/** Adopts dumps and objects that other tools made. */
@NullMarked
package io.parsecbackup.backup.adopt;

import org.jspecify.annotations.NullMarked;

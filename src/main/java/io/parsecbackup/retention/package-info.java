/** Removes old backups by rule, and objects that no kept backup refers to. */
@NullMarked
package io.parsecbackup.retention;

import org.jspecify.annotations.NullMarked;

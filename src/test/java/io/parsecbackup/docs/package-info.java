/** Checks that the pages for operators are true. */
@NullMarked
package io.parsecbackup.docs;

import org.jspecify.annotations.NullMarked;

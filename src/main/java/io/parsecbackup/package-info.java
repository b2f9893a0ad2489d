/** The program and what its rooms share: its entry point and its one vocabulary of errors. */
@NullMarked
package io.parsecbackup;

import org.jspecify.annotations.NullMarked;

/** The command line: one program, a command for each thing an operator does. */
@NullMarked
package io.parsecbackup.cli;

import org.jspecify.annotations.NullMarked;

/** The packaged program as an operator runs it, and the command line's parts. */
@NullMarked
package io.parsecbackup.cli;

import org.jspecify.annotations.NullMarked;

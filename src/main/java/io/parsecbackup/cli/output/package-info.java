/** How commands print results, errors, logs and progress. */
@NullMarked
package io.parsecbackup.cli.output;

import org.jspecify.annotations.NullMarked;

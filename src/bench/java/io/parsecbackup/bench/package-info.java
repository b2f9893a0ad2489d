/** Benchmarks, run by hand; their numbers are in docs/benchmarks.md. */
@NullMarked
package io.parsecbackup.bench;

import org.jspecify.annotations.NullMarked;

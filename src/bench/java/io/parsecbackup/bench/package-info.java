/** Benchmarks to run by hand; their figures are in docs/benchmarks.md. */
@NullMarked
package io.parsecbackup.bench;

import org.jspecify.annotations.NullMarked;

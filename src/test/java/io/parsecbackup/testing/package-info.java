/** Small real servers and data that tests, dev mode, the demo and benchmarks use. */
@NullMarked
package io.parsecbackup.testing;

import org.jspecify.annotations.NullMarked;

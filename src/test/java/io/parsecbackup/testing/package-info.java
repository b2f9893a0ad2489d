/** What tests, dev mode, the demo and benchmarks start: real servers in miniature. */
@NullMarked
package io.parsecbackup.testing;

import org.jspecify.annotations.NullMarked;

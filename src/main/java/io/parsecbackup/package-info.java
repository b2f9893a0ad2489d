/** Types that all packages share: errors, cancellation, text for terminals. */
@NullMarked
package io.parsecbackup;

import org.jspecify.annotations.NullMarked;

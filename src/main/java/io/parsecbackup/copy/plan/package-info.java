/** Which objects a place needs: segments compared with its index, in one pass. */
@NullMarked
package io.parsecbackup.copy.plan;

import org.jspecify.annotations.NullMarked;

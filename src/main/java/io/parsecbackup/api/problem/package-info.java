/** Errors as REST answers them: RFC 9457 problem documents. */
@NullMarked
package io.parsecbackup.api.problem;

import org.jspecify.annotations.NullMarked;

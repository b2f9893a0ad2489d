/** That what operators read is true. */
@NullMarked
package io.parsecbackup.docs;

import org.jspecify.annotations.NullMarked;

/**
 * The bytes of one object on their way: bodies, checksums, bounds on size and pace, and what is
 * known of a stored object.
 */
@NullMarked
package io.parsecbackup.objectstore.content;

import org.jspecify.annotations.NullMarked;

/**
 * The bytes of one object during a transfer: bodies, digests and checksums, limits of size, rate
 * and time, and the facts in a server's answer about an object.
 */
@NullMarked
package io.parsecbackup.objectstore.content;

import org.jspecify.annotations.NullMarked;

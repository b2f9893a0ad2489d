/** The lock of a repository in a bucket: a lease, its renewal, and the fence around a dead run. */
@NullMarked
package io.parsecbackup.objectstore.lease;

import org.jspecify.annotations.NullMarked;

/** The objects of one bucket, for threads that wait: read, write, list, copy and delete. */
@NullMarked
package io.parsecbackup.objectstore.bucket;

import org.jspecify.annotations.NullMarked;

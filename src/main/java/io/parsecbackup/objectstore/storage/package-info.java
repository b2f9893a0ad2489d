/**
 * A repository in a bucket: its files, their copies on the local disk, and what the bucket can do.
 */
@NullMarked
package io.parsecbackup.objectstore.storage;

import org.jspecify.annotations.NullMarked;

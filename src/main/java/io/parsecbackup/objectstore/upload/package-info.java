/** Uploads objects from the repository to a bucket: plan, upload, verify. */
@NullMarked
package io.parsecbackup.objectstore.upload;

import org.jspecify.annotations.NullMarked;

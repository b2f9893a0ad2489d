/** From the repository into a bucket: plan, upload, verify. */
@NullMarked
package io.parsecbackup.objectstore.upload;

import org.jspecify.annotations.NullMarked;

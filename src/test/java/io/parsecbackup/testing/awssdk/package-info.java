/** The store of the S3 server for tests, in a package whose name S3Proxy knows. */
@NullMarked
package io.parsecbackup.testing.awssdk;

import org.jspecify.annotations.NullMarked;

/** S3 as a program uses it: clients, signed requests, the one transfer path, retries. */
@NullMarked
package io.parsecbackup.objectstore.s3;

import org.jspecify.annotations.NullMarked;

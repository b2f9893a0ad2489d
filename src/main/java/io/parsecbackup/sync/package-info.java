/** From the bucket into the repository: listing, comparing, fetching. */
@NullMarked
package io.parsecbackup.sync;

import org.jspecify.annotations.NullMarked;

/** Lists buckets: pages, ranges of keys, sorted records. */
@NullMarked
package io.parsecbackup.objectstore.listing;

import org.jspecify.annotations.NullMarked;

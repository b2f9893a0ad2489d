/**
 * Reads and writes whole objects of a block store, whether it is one bucket or a RAID of several.
 */
@NullMarked
package io.parsecbackup.objectstore.raid;

import org.jspecify.annotations.NullMarked;

/** Whole objects from and onto the nodes of a block store, be it one bucket or a RAID. */
@NullMarked
package io.parsecbackup.objectstore.raid;

import org.jspecify.annotations.NullMarked;

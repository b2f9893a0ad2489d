/**
 * Restores a dump into a database: plan, fill, check, swap; and the scratch database of a drill.
 */
@NullMarked
package io.parsecbackup.dump.restore;

import org.jspecify.annotations.NullMarked;

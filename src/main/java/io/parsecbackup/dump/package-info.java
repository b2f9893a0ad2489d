/** Takes a dump of a database and the list of its blocks from one snapshot. */
@NullMarked
package io.parsecbackup.dump;

import org.jspecify.annotations.NullMarked;

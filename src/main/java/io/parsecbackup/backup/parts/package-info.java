/**
 * A backup in several processes: one plans it, each part is fetched by one, the last joins them.
 */
@NullMarked
package io.parsecbackup.backup.parts;

import org.jspecify.annotations.NullMarked;

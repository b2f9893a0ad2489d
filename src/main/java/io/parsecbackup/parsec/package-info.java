/**
 * The facts about Parsec that a backup needs: its block store setting, its tables, the keys of its
 * blocks, and the layouts of its RAID modes.
 */
@NullMarked
package io.parsecbackup.parsec;

import org.jspecify.annotations.NullMarked;

/**
 * PostgreSQL as a program uses it: sessions, its own programs as child processes, SQL text, and
 * errors that say what to do.
 */
@NullMarked
package io.parsecbackup.postgres;

import org.jspecify.annotations.NullMarked;

/**
 * Where a database is and how to connect to it: one URI as libpq reads it, for JDBC and for
 * PostgreSQL's own programs; TLS files, password files, Unix sockets.
 */
@NullMarked
package io.parsecbackup.postgres.connection;

import org.jspecify.annotations.NullMarked;

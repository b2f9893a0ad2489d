/**
 * Connection URIs as libpq reads them, for JDBC and for PostgreSQL's programs, with TLS files,
 * password files and Unix sockets.
 */
@NullMarked
package io.parsecbackup.postgres.connection;

import org.jspecify.annotations.NullMarked;

package io.parsecbackup.postgres.connection;

import java.nio.file.Path;

/**
 * One place where the database server may listen.
 *
 * @param name a host name, an address without brackets, or, beginning with {@code /}, the directory
 *     of a Unix socket
 */
public record Host(String name, int port) {

  public boolean isSocketDirectory() {
    return name.startsWith("/");
  }

  /** The path of the socket; only for a socket directory. */
  Path socket() {
    return Path.of(name, ".s.PGSQL." + port);
  }

  @Override
  public String toString() {
    return (name.contains(":") ? "[" + name + "]" : name) + ":" + port;
  }
}

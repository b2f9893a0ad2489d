package io.parsecbackup.postgres.connection;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * libpq's password file: lines of {@code host:port:database:user:password}. A star matches
 * anything, and a backslash escapes a colon or a backslash. Source: the chapter "The Password File"
 * of PostgreSQL's manual. It is read here because the JDBC driver looks in other places than libpq.
 */
final class PasswordFile {

  private static final Logger LOG = Logger.getLogger(PasswordFile.class);

  /** Bytes. */
  private static final long LARGEST = 1 << 20;

  private static final Set<PosixFilePermission> FOR_THE_OWNER =
      Set.of(
          PosixFilePermission.OWNER_READ,
          PosixFilePermission.OWNER_WRITE,
          PosixFilePermission.OWNER_EXECUTE);

  private PasswordFile() {}

  static Optional<String> password(
      ConnectionSettings settings, Path home, List<Host> hosts, String database, String user) {
    Path file =
        settings
            .get(ConnectionParameter.PASSFILE)
            .map(Path::of)
            .orElseGet(() -> home.resolve(".pgpass"));
    List<List<String>> lines = lines(file);
    Set<Optional<String>> found =
        hosts.stream().map(host -> find(lines, host, database, user)).collect(Collectors.toSet());
    if (found.size() > 1) {
      throw settings.wrong(
          "names several hosts for which the password file "
              + file
              + " has different passwords. The JDBC driver takes one: use the same password for all"
              + " hosts, or set it in the URI or PGPASSWORD.");
    }
    return found.iterator().next();
  }

  private static Optional<String> find(
      List<List<String>> lines, Host host, String database, String user) {
    String name = HostList.SOCKET_DIRECTORIES.contains(host.name()) ? "localhost" : host.name();
    List<String> wanted = List.of(name, String.valueOf(host.port()), database, user);
    for (List<String> line : lines) {
      boolean same = line.size() >= 5;
      for (int i = 0; same && i < 4; i++) {
        same = line.get(i).equals("*") || line.get(i).equals(wanted.get(i));
      }
      if (same) {
        return Optional.of(line.get(4)).filter(password -> !password.isEmpty());
      }
    }
    return Optional.empty();
  }

  private static List<List<String>> lines(Path file) {
    if (!Files.isRegularFile(file)) {
      return List.of();
    }
    try (Stream<String> lines = Files.lines(file)) {
      if (Files.size(file) > LARGEST) {
        LOG.warnf("The password file %s is larger than 1 MiB and is ignored", file);
        return List.of();
      }
      if (!FOR_THE_OWNER.containsAll(Files.getPosixFilePermissions(file))) {
        LOG.warnf(
            "The password file %s is accessible to other users than its owner and is ignored, as by"
                + " libpq. Run chmod 600 on it.",
            file);
        return List.of();
      }
      return lines.filter(line -> !line.startsWith("#")).map(PasswordFile::fields).toList();
    } catch (IOException | UncheckedIOException e) {
      LOG.warnf("The password file %s cannot be read and is ignored: %s", file, e.getMessage());
      return List.of();
    }
  }

  private static List<String> fields(String line) {
    List<String> fields = new ArrayList<>();
    StringBuilder field = new StringBuilder();
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '\\' && i + 1 < line.length()) {
        field.append(line.charAt(++i));
      } else if (c == ':' && fields.size() < 4) {
        fields.add(field.toString());
        field.setLength(0);
      } else {
        field.append(c);
      }
    }
    fields.add(field.toString());
    return fields;
  }
}

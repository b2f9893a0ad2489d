package io.parsecbackup.postgres.connection;

import static io.parsecbackup.postgres.connection.ConnectionParameter.SSLCERT;
import static io.parsecbackup.postgres.connection.ConnectionParameter.SSLKEY;
import static io.parsecbackup.postgres.connection.ConnectionParameter.SSLROOTCERT;

import io.parsecbackup.Problem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;

/** Sets the files that libpq would use for TLS, libpq's default files included, for JDBC. */
final class TlsFiles {

  private TlsFiles() {}

  static void apply(ConnectionSettings settings, Path home, Properties properties) {
    String mode = properties.getProperty("sslmode", "prefer");
    if (mode.equals("disable")) {
      return;
    }
    Path folder = home.resolve(".postgresql");
    Path root = settings.get(SSLROOTCERT).map(Path::of).orElse(folder.resolve("root.crt"));
    if (isNotRegular(root)) {
      throw settings.get(SSLROOTCERT).isPresent()
          ? settings.refused(SSLROOTCERT, "names " + root + ", which is not a regular file.")
          : settings.wrong("uses " + root + ", which is not a regular file.");
    }
    properties.setProperty("sslrootcert", root.toString());
    if (mode.equals("require") && Files.exists(root)) {
      // libpq verifies the server's certificate as soon as there is something to verify it with.
      properties.setProperty("sslmode", "verify-ca");
    }
    if (!properties.containsKey("sslcert")) {
      clientCertificate(settings, folder, properties);
    }
  }

  /** The driver would block forever on a FIFO. */
  private static boolean isNotRegular(Path file) {
    return Files.exists(file) && !Files.isRegularFile(file);
  }

  private static void clientCertificate(
      ConnectionSettings settings, Path folder, Properties properties) {
    Optional<String> named = settings.get(SSLCERT);
    Path certificate = named.map(Path::of).orElse(folder.resolve("postgresql.crt"));
    if (!Files.exists(certificate)) {
      if (named.isPresent()) {
        throw settings.refused(SSLCERT, "names " + certificate + ", which does not exist.");
      }
      properties.setProperty("sslcert", "");
      properties.setProperty("sslkey", "");
      return;
    }
    if (isNotRegular(certificate)) {
      throw named.isPresent()
          ? settings.refused(SSLCERT, "names " + certificate + ", which is not a regular file.")
          : settings.wrong("uses " + certificate + ", which is not a regular file.");
    }
    Path key = settings.get(SSLKEY).map(Path::of).orElse(folder.resolve("postgresql.key"));
    String algorithm = ClientKey.algorithm(key, why -> unusable(settings, key, why));
    properties.setProperty("pemKeyAlgorithm", algorithm);
    properties.setProperty("sslcert", certificate.toString());
    properties.setProperty("sslkey", key.toString());
  }

  private static Problem unusable(ConnectionSettings settings, Path key, String why) {
    return settings.get(SSLKEY).isPresent()
        ? settings.refused(SSLKEY, "names " + key + ", which " + why)
        : settings.wrong("uses the client key " + key + ", which " + why);
  }
}

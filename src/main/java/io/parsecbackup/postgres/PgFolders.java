package io.parsecbackup.postgres;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jboss.logging.Logger;

/** Folders outside of PATH in which distributions install PostgreSQL's programs. */
final class PgFolders {

  private static final Logger LOG = Logger.getLogger(PgFolders.class);

  /** A parent folder, a pattern for its children, and the folder of the programs in them. */
  private record Place(String parent, String children, String bin) {}

  private static final List<Place> PLACES =
      List.of(
          new Place("usr/lib/postgresql", "*", "bin"), // Debian, Ubuntu
          new Place("usr", "pgsql-*", "bin"), // PostgreSQL's own RPMs
          new Place("usr/libexec", "postgresql*", ""), // Alpine
          new Place("usr/lib", "postgresql[0-9]*", "bin"), // SUSE
          new Place("usr/lib64", "postgresql-*", "bin"), // Gentoo
          new Place("usr/local/pgsql", "bin", ""), // built from source
          new Place("opt/homebrew/opt", "{*postgresql*,libpq}", "bin"), // Homebrew, Apple silicon
          new Place("usr/local/opt", "{*postgresql*,libpq}", "bin"), // Homebrew, Intel
          new Place("home/linuxbrew/.linuxbrew/opt", "{*postgresql*,libpq}", "bin"),
          new Place("Applications/Postgres.app/Contents/Versions", "*", "bin"));

  private PgFolders() {}

  /** The folders that exist under {@code root}. */
  static List<Path> under(Path root) {
    List<Path> found = new ArrayList<>();
    for (Place place : PLACES) {
      Path parent = root.resolve(place.parent());
      if (!Files.isDirectory(parent)) {
        continue;
      }
      try (DirectoryStream<Path> children = Files.newDirectoryStream(parent, place.children())) {
        for (Path child : children) {
          Path bin = child.resolve(place.bin());
          if (Files.isDirectory(bin)) {
            found.add(bin);
          }
        }
      } catch (IOException e) {
        LOG.debugf("%s cannot be listed: %s", parent, e.getMessage());
      }
    }
    return found;
  }
}

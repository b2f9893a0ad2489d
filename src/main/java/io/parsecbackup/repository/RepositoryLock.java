package io.parsecbackup.repository;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.repository.storage.PlainFiles;
import io.parsecbackup.repository.storage.PrivateFiles;
import io.parsecbackup.repository.storage.Unwritable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jboss.logging.Logger;

/**
 * The operating system's lock on the repository. It goes with the process that holds it, however
 * that ends: there is nothing stale to clear away. What stands in the file only says who holds it;
 * it decides nothing.
 */
public final class RepositoryLock implements AutoCloseable {

  /**
   * Locks of this process. Closing any channel on a locked file drops the process's lock on it, so
   * a second one must never be opened.
   */
  private static final Map<Path, Held> HELD_HERE = new HashMap<>();

  private static final Logger LOG = Logger.getLogger(RepositoryLock.class);

  private static final int ATTEMPTS = 5;
  private static final long PAUSE_NANOS = 50_000_000L;

  /** What this process has of a lock: one channel, however many share it. */
  private static final class Held {

    final FileChannel channel;
    final boolean shared;
    final boolean writable;
    int holders = 1;
    String holder = "";

    Held(FileChannel channel, boolean shared, boolean writable) {
      this.channel = channel;
      this.shared = shared;
      this.writable = writable;
    }
  }

  private final Path file;
  private final Optional<Held> held;
  private boolean closed;

  private RepositoryLock(Path file, Optional<Held> held) {
    this.file = file;
    this.held = held;
  }

  /**
   * Takes the lock for one run alone, or fails at once.
   *
   * @param holder what the run is, for the message that others get
   * @throws Problem of kind HELD when another run has it, or shares it
   */
  static RepositoryLock exclusive(Path file, String holder) throws IOException {
    return take(file, holder, false);
  }

  /**
   * Takes a share of the lock, or fails at once: nobody changes the repository while it is held,
   * others may read too. Where the file system lets nobody write, there is nothing to be kept out,
   * and where it has no lock file none can be made: then the share is one in name only.
   *
   * @param holder what the run is, for the message that others get
   * @throws Problem of kind HELD when a run has the lock for itself
   */
  static RepositoryLock shared(Path file, String holder) throws IOException {
    return take(file, holder, true);
  }

  private static RepositoryLock take(Path file, String holder, boolean shared) throws IOException {
    synchronized (HELD_HERE) {
      Path real = realPath(file);
      Held here = HELD_HERE.get(real);
      if (here != null) {
        if (!shared || !here.shared) {
          throw held(here.holder + " (this process)");
        }
        here.holders++;
        return described(new RepositoryLock(real, Optional.of(here)), holder);
      }
      Optional<Held> opened = open(real, shared);
      if (opened.isEmpty()) {
        return new RepositoryLock(real, opened);
      }
      FileChannel channel = opened.get().channel;
      try {
        if (!tryLock(channel, shared)) {
          throw held(describe(channel));
        }
        HELD_HERE.put(real, opened.get());
        return described(new RepositoryLock(real, opened), holder);
      } catch (IOException | RuntimeException e) {
        close(channel);
        throw e;
      }
    }
  }

  private static RepositoryLock described(RepositoryLock taken, String holder) {
    taken.describeHolder(holder);
    return taken;
  }

  private static Optional<Held> open(Path file, boolean shared) throws IOException {
    try {
      requirePlain(file);
      return Optional.of(
          new Held(PrivateFiles.open(file, CREATE, READ, WRITE, NOFOLLOW_LINKS), shared, true));
    } catch (FileSystemException readOnly) {
      if (!shared) {
        throw readOnly;
      }
      Unwritable.require(readOnly);
      return PlainFiles.look(file).isPresent()
          ? Optional.of(new Held(PlainFiles.openChannel(file, READ), true, false))
          : Optional.empty();
    }
  }

  /** Its holder is written into it, so it must not be a link to a file of somebody else's. */
  private static void requirePlain(Path file) throws IOException {
    Optional<BasicFileAttributes> found = PlainFiles.look(file);
    if (found.isPresent()) {
      PlainFiles.requireRegular(file, found.get());
    }
  }

  /** A look by {@link #isHeld} in another process has the lock for an instant: that is sat out. */
  private static boolean tryLock(FileChannel channel, boolean shared) throws IOException {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (channel.tryLock(0, Long.MAX_VALUE, shared) != null) {
        return true;
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
    return false;
  }

  /** Whether a run of this or another process has the lock for itself now. */
  static boolean isHeld(Path file) throws IOException {
    synchronized (HELD_HERE) {
      if (PlainFiles.look(file).isEmpty()) {
        return false;
      }
      Path real = realPath(file);
      Held here = HELD_HERE.get(real);
      if (here != null) {
        return !here.shared;
      }
      try (FileChannel channel = PlainFiles.openChannel(real, READ);
          FileLock lock = channel.tryLock(0, Long.MAX_VALUE, true)) {
        return lock == null;
      }
    }
  }

  /** Says in the lock file who holds it, where the disk has room for that. */
  public void describeHolder(String holder) {
    if (held.isEmpty()) {
      return;
    }
    held.get().holder = holder;
    if (!held.get().writable) {
      return;
    }
    String text = holder + ", process " + ProcessHandle.current().pid() + "\n";
    try {
      held.get().channel.truncate(0);
      held.get().channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), 0);
    } catch (IOException e) {
      // A full disk must not keep out the run that would clear the scratch which fills it.
      LOG.debugf("the lock's holder cannot be written down: %s", e.getMessage());
    }
  }

  @Override
  public void close() {
    synchronized (HELD_HERE) {
      if (closed || held.isEmpty()) {
        return;
      }
      closed = true;
      held.get().holders--;
      if (held.get().holders == 0) {
        // First: it is let go even where a network file system has a late error to tell.
        HELD_HERE.remove(file);
        close(held.get().channel);
      }
    }
  }

  private static Problem held(String holder) {
    return new Problem(
        Kind.HELD,
        "another run holds the repository: "
            + holder
            + ". Wait until it has ended, or cancel it; nothing was changed");
  }

  private static String describe(FileChannel channel) throws IOException {
    ByteBuffer text = ByteBuffer.allocate(200);
    channel.read(text, 0);
    String holder = new String(text.array(), 0, text.position(), StandardCharsets.UTF_8).strip();
    return holder.isEmpty() ? "one that has just begun" : holder;
  }

  private static Path realPath(Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    return folder == null ? file.toAbsolutePath() : folder.toRealPath().resolve(file.getFileName());
  }

  private static void close(FileChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      throw new Problem(Kind.REPOSITORY, "the repository's lock cannot be let go: " + e, e);
    }
  }
}

package io.parsecbackup.repository.storage.folder;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.repository.storage.PlainFiles;
import io.parsecbackup.repository.storage.PrivateFiles;
import io.parsecbackup.repository.storage.RepositoryLocks;
import io.parsecbackup.repository.storage.RunId;
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
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jboss.logging.Logger;

/**
 * The operating system's lock on the repository. It is released when the process that holds it ends
 * for any reason, so there are no stale locks. The content of the file only describes the holder.
 */
public final class FolderLock implements RepositoryLocks.Held {

  /**
   * Locks of this process. Closing any channel of a locked file releases the process's lock on it,
   * so a second channel must never be opened.
   */
  private static final Map<Path, Shared> HELD_HERE = new HashMap<>();

  private static final Logger LOG = Logger.getLogger(FolderLock.class);

  private static final int ATTEMPTS = 5;
  private static final long PAUSE_NANOS = 50_000_000L;

  /** In characters, which are ASCII. */
  private static final int LONGEST_HOLDER = 500;

  /** A lock of this process: one channel for all that share it. */
  private static final class Shared {

    final FileChannel channel;
    final boolean shared;
    final boolean writable;

    /** A text for each lock that shares the channel, in the order in which they were taken. */
    final Map<FolderLock, String> holders = new LinkedHashMap<>();

    Shared(FileChannel channel, boolean shared, boolean writable) {
      this.channel = channel;
      this.shared = shared;
      this.writable = writable;
    }

    String holder() {
      return String.join(" and ", holders.values());
    }

    /** Writes the holders to the lock file, if the disk has space. */
    void write() {
      if (!writable) {
        return;
      }
      String process = ", process " + ProcessHandle.current().pid() + "\n";
      String all = holder();
      String holder = all.substring(0, Math.min(all.length(), LONGEST_HOLDER - process.length()));
      String text = holder + process;
      try {
        channel.truncate(0);
        channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), 0);
      } catch (IOException e) {
        // A full disk must not prevent the run that would remove the scratch files on it.
        LOG.debugf("Cannot write the holder to the lock file: %s", e.getMessage());
      }
    }
  }

  private final Path file;
  private final Optional<Shared> held;
  private boolean closed;

  private FolderLock(Path file, Optional<Shared> held) {
    this.file = file;
    this.held = held;
  }

  /**
   * Takes the exclusive lock, or fails immediately.
   *
   * @param holder describes the run, for the error that other runs get
   * @throws Problem of kind HELD when another run holds the lock, exclusive or shared
   */
  public static FolderLock exclusive(Path file, String holder) throws IOException {
    return take(file, holder, false);
  }

  /**
   * Takes the shared lock, or fails immediately. While it is held nobody changes the repository,
   * but others can read. On a read-only file system nobody can change anything; if it has no lock
   * file either, no lock is taken.
   *
   * @param holder describes the run, for the error that other runs get
   * @throws Problem of kind HELD when a run holds the exclusive lock
   */
  public static FolderLock shared(Path file, String holder) throws IOException {
    return take(file, holder, true);
  }

  private static FolderLock take(Path file, String holder, boolean shared) throws IOException {
    synchronized (HELD_HERE) {
      Path real = realPath(file);
      Shared here = HELD_HERE.get(real);
      if (here != null) {
        if (!shared || !here.shared) {
          throw held(here.holder() + " (this process)");
        }
        return described(new FolderLock(real, Optional.of(here)), holder);
      }
      Optional<Shared> opened = open(real, shared);
      if (opened.isEmpty()) {
        return new FolderLock(real, opened);
      }
      FileChannel channel = opened.get().channel;
      try {
        if (!tryLock(channel, shared)) {
          throw held(describe(channel));
        }
        HELD_HERE.put(real, opened.get());
        return described(new FolderLock(real, opened), holder);
      } catch (Throwable e) {
        HELD_HERE.remove(real);
        close(channel);
        throw e;
      }
    }
  }

  private static FolderLock described(FolderLock taken, String holder) {
    try {
      taken.describeHolder(holder);
      return taken;
    } catch (Throwable e) {
      taken.close();
      throw e;
    }
  }

  private static Optional<Shared> open(Path file, boolean shared) throws IOException {
    try {
      requirePlain(file);
      return Optional.of(
          new Shared(PrivateFiles.open(file, CREATE, READ, WRITE, NOFOLLOW_LINKS), shared, true));
    } catch (FileSystemException readOnly) {
      if (!shared) {
        throw readOnly;
      }
      Unwritable.require(readOnly);
      return PlainFiles.look(file).isPresent()
          ? Optional.of(new Shared(PlainFiles.openChannel(file, READ), true, false))
          : Optional.empty();
    }
  }

  /** The holder is written to the file, so it must not be a link to another file. */
  private static void requirePlain(Path file) throws IOException {
    Optional<BasicFileAttributes> found = PlainFiles.look(file);
    if (found.isPresent()) {
      PlainFiles.requireRegular(file, found.get());
    }
  }

  /** Retries, because {@link #isHeld} in another process holds the lock for a moment. */
  private static boolean tryLock(FileChannel channel, boolean shared) throws IOException {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (channel.tryLock(0, Long.MAX_VALUE, shared) != null) {
        return true;
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
    return false;
  }

  /** Whether a run of this or another process holds the exclusive lock now. */
  public static boolean isHeld(Path file) throws IOException {
    synchronized (HELD_HERE) {
      if (PlainFiles.look(file).isEmpty()) {
        return false;
      }
      Path real = realPath(file);
      Shared here = HELD_HERE.get(real);
      if (here != null) {
        return !here.shared;
      }
      try (FileChannel channel = PlainFiles.openChannel(real, READ);
          FileLock lock = channel.tryLock(0, Long.MAX_VALUE, true)) {
        return lock == null;
      }
    }
  }

  @Override
  public void describeHolder(String holder) {
    synchronized (HELD_HERE) {
      if (closed || held.isEmpty()) {
        return;
      }
      held.get().holders.put(this, holder);
      held.get().write();
    }
  }

  /** Does nothing: nobody takes over the lock of a process that runs. */
  @Override
  public void announce(RunId id) {}

  /** Does nothing: the operating system keeps the lock while the process runs. */
  @Override
  public Cancellation.Hook cancelWhenLost(Cancellation cancellation) {
    return () -> {};
  }

  @Override
  public Optional<Problem> lost() {
    return Optional.empty();
  }

  @Override
  public void requireHeld() {}

  /** Releases the lock. Does not fail, because the work of its holder is finished. */
  @Override
  public void close() {
    synchronized (HELD_HERE) {
      if (closed || held.isEmpty()) {
        return;
      }
      closed = true;
      Shared own = held.get();
      own.holders.remove(this);
      if (own.holders.isEmpty()) {
        // First, because closing may fail with a late error of a network file system.
        HELD_HERE.remove(file);
        close(own.channel);
      } else {
        own.write();
      }
    }
  }

  private static Problem held(String holder) {
    return new Problem(
        Kind.HELD,
        "another run holds the repository: "
            + holder
            + ". Wait until it ends, or cancel it; nothing was changed");
  }

  private static String describe(FileChannel channel) throws IOException {
    ByteBuffer text = ByteBuffer.allocate(LONGEST_HOLDER);
    channel.read(text, 0);
    String holder = new String(text.array(), 0, text.position(), StandardCharsets.UTF_8).strip();
    return holder.isEmpty() ? "one that has just started" : holder;
  }

  private static Path realPath(Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    return folder == null ? file.toAbsolutePath() : folder.toRealPath().resolve(file.getFileName());
  }

  private static void close(FileChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      LOG.warnf(
          "The repository's lock could not be released; it is released when this process ends: %s",
          e);
    }
  }
}

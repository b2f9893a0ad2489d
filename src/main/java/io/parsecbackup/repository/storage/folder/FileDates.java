package io.parsecbackup.repository.storage.folder;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;

/**
 * Sets the dates of files to those of their objects, so that {@code aws s3 sync} finds nothing to
 * copy. Nothing else depends on dates. Some network file systems, and files of another owner,
 * refuse a new date; that is logged once.
 */
public final class FileDates {

  private static final Logger LOG = Logger.getLogger(FileDates.class);

  /** Sets a date in the file system. */
  @FunctionalInterface
  public interface Setter {
    void set(Path file, FileTime date) throws IOException;
  }

  private final Setter setter;
  private final AtomicBoolean warned = new AtomicBoolean();

  public FileDates() {
    this(Files::setLastModifiedTime);
  }

  /** For tests with file systems that refuse dates. */
  public FileDates(Setter setter) {
    this.setter = setter;
  }

  /**
   * Sets the date of {@code file}.
   *
   * @return whether the file system accepted it
   * @throws IOException when the disk fails
   */
  public boolean set(Path file, Instant date) throws IOException {
    try {
      setter.set(file, FileTime.from(date));
      return true;
    } catch (IOException | UnsupportedOperationException e) {
      if (e instanceof IOException disk && !isRefusal(disk)) {
        throw disk;
      }
      if (!warned.getAndSet(true)) {
        LOG.warnf(
            "The file system refuses to set the date of %s (%s). Backups are not affected, but"
                + " 'aws s3 sync' would copy such objects again. This is logged only once",
            file, e.getMessage());
      }
      return false;
    }
  }

  private static boolean isRefusal(IOException failure) {
    String why = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
    return failure instanceof AccessDeniedException
        || why.contains("not permitted")
        || why.contains("not supported")
        || why.contains("not implemented")
        || why.contains("invalid argument");
  }
}

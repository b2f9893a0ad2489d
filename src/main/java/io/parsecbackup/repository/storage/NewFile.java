package io.parsecbackup.repository.storage;

import java.time.Instant;
import java.util.Optional;

/**
 * A file to write.
 *
 * @param date the date that the file gets if the storage has settable dates
 */
public record NewFile(String name, Content content, Condition condition, Optional<Instant> date) {

  /** When a file may be written. */
  public sealed interface Condition {}

  /** In any case; replaces an existing file. */
  public record Always() implements Condition {}

  /**
   * As {@link Always}, for a file that {@link Storage#find} has just looked for, so that a storage
   * need not look at its folders again.
   */
  public record AsFound() implements Condition {}

  /** Only if no file has this name. */
  public record IfAbsent() implements Condition {}

  /** Only if the file with this name still has the tag. */
  public record IfUnchanged(String tag) implements Condition {}

  /** A file that replaces an existing one. */
  public static NewFile replacing(String name, Content content) {
    return new NewFile(name, content, new Always(), Optional.empty());
  }

  /** A file that must not exist yet. */
  public static NewFile ifAbsent(String name, Content content) {
    return new NewFile(name, content, new IfAbsent(), Optional.empty());
  }
}

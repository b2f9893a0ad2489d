package io.parsecbackup.sync;

import io.parsecbackup.repository.IndexRecord;
import io.parsecbackup.repository.ObjectFiles;
import io.parsecbackup.repository.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.util.Optional;

/**
 * The repository's files of objects, each read whole and compared with its record before anybody
 * gets a byte of it.
 *
 * @param mostInMemory up to so many bytes a file is held in memory; larger ones are read again
 */
record SourceFiles(ObjectFiles objects, long mostInMemory) {

  /** What was found. */
  sealed interface Found {}

  /** The bytes that the record describes. */
  record Whole(Payload payload) implements Found {}

  /** No such bytes. */
  record Damaged(ObjectFinding problem, String expected, String found) implements Found {}

  /** The bytes of {@code entry}, from the first place that has them. Reads files. */
  Found read(IndexRecord entry) {
    Damaged damaged = lost(entry);
    for (Path place : objects.places(entry)) {
      switch (read(entry, place)) {
        case Whole whole -> {
          return whole;
        }
        case Damaged here -> damaged = worse(damaged, here);
      }
    }
    return damaged;
  }

  /** What is wrong as far as names and sizes tell. Reads no file. */
  Optional<Damaged> look(IndexRecord entry) {
    Damaged damaged = lost(entry);
    for (Path place : objects.places(entry)) {
      Optional<Damaged> here = look(entry, place);
      if (here.isEmpty()) {
        return here;
      }
      damaged = worse(damaged, here.get());
    }
    return Optional.of(damaged);
  }

  static Damaged unreadable(IndexRecord entry, Throwable failure) {
    Throwable cause = failure.getCause() == null ? failure : failure.getCause();
    String message = cause.getMessage();
    return new Damaged(
        ObjectFinding.UNREADABLE,
        entry.size() + " bytes",
        message == null ? cause.getClass().getSimpleName() : message);
  }

  private static Damaged lost(IndexRecord entry) {
    return new Damaged(ObjectFinding.LOST, entry.size() + " bytes", "no file");
  }

  /** What is there tells more than what is not. */
  private static Damaged worse(Damaged before, Damaged here) {
    return before.problem() == ObjectFinding.LOST ? here : before;
  }

  private Found read(IndexRecord entry, Path file) {
    Optional<Damaged> damaged = look(entry, file);
    if (damaged.isPresent()) {
      return damaged.get();
    }
    MessageDigest sha256 = Sha256.digest();
    MessageDigest md5 = Sha256.md5();
    try {
      Payload payload;
      if (entry.size() <= mostInMemory) {
        byte[] bytes = Files.readAllBytes(file);
        sha256.update(bytes);
        md5.update(bytes);
        payload = new Payload.InMemory(bytes, Sha256.hex(sha256), Sha256.hex(md5));
      } else {
        Sha256.update(file, sha256, md5);
        payload = new Payload.InFile(file, entry.size(), Sha256.hex(sha256), Sha256.hex(md5));
      }
      return payload.sha256().equals(entry.sha256())
          ? new Whole(payload)
          : new Damaged(ObjectFinding.DIGEST, entry.sha256(), payload.sha256());
    } catch (IOException e) {
      return unreadable(entry, e);
    }
  }

  private static Optional<Damaged> look(IndexRecord entry, Path file) {
    try {
      BasicFileAttributes attributes =
          Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      if (!attributes.isRegularFile()) {
        return Optional.of(lost(entry));
      }
      return attributes.size() == entry.size()
          ? Optional.empty()
          : Optional.of(
              new Damaged(
                  ObjectFinding.SIZE, entry.size() + " bytes", attributes.size() + " bytes"));
    } catch (NoSuchFileException e) {
      return Optional.of(lost(entry));
    } catch (IOException e) {
      return Optional.of(unreadable(entry, e));
    }
  }
}

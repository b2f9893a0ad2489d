package io.parsecbackup.repository;

import io.parsecbackup.Cancellation;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.index.ObjectKey;
import io.parsecbackup.repository.index.RecordSorter;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.PlainFiles;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Finds out what lies under {@code objects/}, whoever put it there and whatever the index says. */
public final class ObjectWalk {

  private static final Logger LOG = Logger.getLogger(ObjectWalk.class);
  private static final String NO_DIGEST = "0".repeat(64);

  private final Layout layout;

  ObjectWalk(Layout layout) {
    this.layout = layout;
  }

  /**
   * Adds each regular file, without digest and ETag. What is none, cannot be looked at, or has a
   * name that no key can have, is passed over with a warning; links are not followed.
   *
   * @throws io.parsecbackup.Problem when cancelled
   * @throws IOException when {@code into} cannot be written
   */
  public void read(RecordSorter<IndexRecord> into, Cancellation cancellation) throws IOException {
    Path root = layout.objects();
    Optional<BasicFileAttributes> found = PlainFiles.look(root);
    if (found.isEmpty()) {
      return;
    }
    PlainFiles.requireFolder(root, found.get());
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            cancellation.throwIfCancelled();
            Optional<String> key = key(root, file);
            if (!attributes.isRegularFile()) {
              passOver(file, "it is no regular file");
            } else if (key.isEmpty()) {
              passOver(file, "its name is no Unicode text");
            } else if (ObjectKey.refusal(key.get()).isPresent()) {
              passOver(file, ObjectKey.refusal(key.get()).get());
            } else {
              into.add(
                  new IndexRecord(
                      key.get(),
                      attributes.size(),
                      NO_DIGEST,
                      "",
                      attributes.lastModifiedTime().toInstant(),
                      false));
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException failure) {
            passOver(file, failure.toString());
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure) {
            if (failure != null) {
              passOver(folder, failure.toString());
            }
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private static void passOver(Path file, String why) {
    LOG.warnf("%s is not recorded: %s", file, why);
  }

  /** The key whose file this is, or empty where its bytes are not those of any text. */
  private static Optional<String> key(Path root, Path file) {
    try {
      String key = root.relativize(file).toString();
      return root.resolve(key).equals(file) ? Optional.of(key) : Optional.empty();
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }
}

package io.parsecbackup.repository;

import io.parsecbackup.Cancellation;
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

/** Lists the files under {@code objects/}, whatever created them and whatever the index says. */
public final class ObjectWalk {

  private static final Logger LOG = Logger.getLogger(ObjectWalk.class);

  private final Layout layout;

  ObjectWalk(Layout layout) {
    this.layout = layout;
  }

  /**
   * Adds each regular file. Skips, with a warning, everything that is not a regular file, cannot be
   * read, or has a name that no key can have. Follows no links.
   *
   * @throws io.parsecbackup.Problem when cancelled
   * @throws IOException when {@code into} cannot be written
   */
  public void read(RecordSorter<FoundFile> into, Cancellation cancellation) throws IOException {
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
              skip(file, "it is not a regular file");
            } else if (key.isEmpty()) {
              skip(file, "its name is not Unicode text");
            } else if (ObjectKey.refusal(key.get()).isPresent()) {
              skip(file, ObjectKey.refusal(key.get()).get());
            } else {
              into.add(
                  new FoundFile(
                      key.get(), attributes.size(), attributes.lastModifiedTime().toInstant()));
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException failure) {
            skip(file, failure.toString());
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure) {
            if (failure != null) {
              skip(folder, failure.toString());
            }
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private static void skip(Path file, String why) {
    LOG.warnf("Skipped %s: %s", file, why);
  }

  /** The key of this file; empty if the bytes of its name are not text. */
  private static Optional<String> key(Path root, Path file) {
    try {
      String key = root.relativize(file).toString();
      return root.resolve(key).equals(file) ? Optional.of(key) : Optional.empty();
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }
}

package io.parsecbackup.repository.storage.folder;

import io.parsecbackup.repository.storage.PlainFiles;
import io.parsecbackup.repository.storage.StoredFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The regular files below a folder in the order of the bytes of their names. A folder with a
 * million files does not fit in memory, so it is read several times, and each time only the next
 * names are kept.
 */
final class FolderListing implements Iterator<StoredFile> {

  private static final Logger LOG = Logger.getLogger(FolderListing.class);

  /** Replaces bytes that are not text. */
  private static final char REPLACEMENT = '\uFFFD';

  /** About 20 MB of names. */
  private static final int MOST_NAMES = 1 << 17;

  private final Path root;
  private final String prefix;
  private final int most;
  private final Deque<Level> levels = new ArrayDeque<>();
  private @Nullable StoredFile next;

  private FolderListing(Path root, String prefix, int most) {
    this.root = root;
    this.prefix = prefix;
    this.most = most;
  }

  static Iterator<StoredFile> of(Path root, RepositoryFiles files, String prefix)
      throws IOException {
    return of(root, files, prefix, MOST_NAMES);
  }

  /**
   * As above.
   *
   * @param most names that are kept of a folder
   */
  static Iterator<StoredFile> of(Path root, RepositoryFiles files, String prefix, int most)
      throws IOException {
    String folder = prefix.substring(0, prefix.lastIndexOf('/') + 1);
    Path start = folder.isEmpty() ? root : files.path(folder.substring(0, folder.length() - 1));
    FolderListing listing = new FolderListing(root, prefix, most);
    if (files.isFolder(start)) {
      listing.levels.push(listing.new Level(start, folder));
    }
    listing.next = listing.following();
    return listing;
  }

  @Override
  public boolean hasNext() {
    return next != null;
  }

  @Override
  public StoredFile next() {
    StoredFile current = next;
    if (current == null) {
      throw new NoSuchElementException();
    }
    try {
      next = following();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return current;
  }

  private @Nullable StoredFile following() throws IOException {
    while (!levels.isEmpty()) {
      Level level = levels.element();
      Optional<Name> name = level.next();
      if (name.isEmpty()) {
        levels.pop();
        continue;
      }
      Path path = level.folder.resolve(name.get().text());
      String full = level.name + name.get().text();
      if (name.get().isFolder()) {
        if (full.startsWith(prefix) || prefix.startsWith(full + "/")) {
          levels.push(new Level(path, full + "/"));
        }
        continue;
      }
      if (!full.startsWith(prefix)) {
        continue;
      }
      try {
        Optional<BasicFileAttributes> found = PlainFiles.look(path);
        if (found.isPresent() && found.get().isRegularFile()) {
          return RepositoryFiles.stored(full, found.get());
        }
        if (found.isPresent()) {
          skip(path, "it is not a regular file");
        }
      } catch (IOException e) {
        skip(path, e.toString());
      }
    }
    return null;
  }

  private static void skip(Path file, String why) {
    LOG.warnf("Skipped %s: %s", file, why);
  }

  /**
   * A name in a folder.
   *
   * @param order by which it is sorted: all names below a folder have a slash behind it
   */
  private record Name(String text, boolean isFolder, String order) {

    static final Comparator<Name> ORDER = (a, b) -> compare(a.order, b.order);

    static Name of(String text, boolean isFolder) {
      return new Name(text, isFolder, isFolder ? text + "/" : text);
    }

    /** Whether it comes before {@code other}, or is the same. */
    boolean isUpTo(Name other) {
      return ORDER.compare(this, other) <= 0;
    }

    /** Compares code points, whose order is that of the UTF-8 bytes. */
    private static int compare(String a, String b) {
      int end = Math.min(a.length(), b.length());
      for (int at = 0; at < end; at++) {
        char one = a.charAt(at);
        char other = b.charAt(at);
        if (one != other) {
          // A pair of surrogates is higher than all other characters.
          return Character.isSurrogate(one) == Character.isSurrogate(other)
              ? Character.compare(one, other)
              : Boolean.compare(Character.isSurrogate(one), Character.isSurrogate(other));
        }
      }
      return Integer.compare(a.length(), b.length());
    }
  }

  /** A folder, and the position in it. */
  private final class Level {

    final Path folder;

    /** From the root, with a slash at its end unless it is the root. */
    final String name;

    private Iterator<Name> names = List.<Name>of().iterator();
    private @Nullable Name last;
    private boolean isMore = true;

    Level(Path folder, String name) {
      this.folder = folder;
      this.name = name;
    }

    Optional<Name> next() throws IOException {
      if (!names.hasNext() && isMore) {
        read();
      }
      if (!names.hasNext()) {
        return Optional.empty();
      }
      Name following = names.next();
      last = following;
      return Optional.of(following);
    }

    /** Reads the lowest names after the last one. */
    private void read() throws IOException {
      List<Name> lowest = new ArrayList<>();
      isMore = false;
      try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
        for (Path file : files) {
          textOf(file).ifPresent(text -> add(file, text, lowest));
        }
      } catch (DirectoryIteratorException e) {
        failed(new IOException(e.getMessage(), e));
      } catch (IOException e) {
        failed(e);
      }
      cut(lowest);
      names = lowest.iterator();
    }

    private void failed(IOException failure) throws IOException {
      if (folder.equals(root)) {
        throw failure;
      }
      skip(folder, failure.toString());
    }

    /** Asks the disk whether it is a folder only if its place in the order depends on that. */
    private void add(Path file, String text, List<Name> lowest) {
      if (last != null && Name.of(text, true).isUpTo(last)) {
        return;
      }
      // The last cut has sorted the first names.
      if (isMore && lowest.get(most - 1).isUpTo(Name.of(text, false))) {
        return;
      }
      Name found = Name.of(text, Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS));
      if (last != null && found.isUpTo(last)) {
        return;
      }
      lowest.add(found);
      if (lowest.size() >= 2 * most) {
        cut(lowest);
      }
    }

    private void cut(List<Name> lowest) {
      lowest.sort(Name.ORDER);
      if (lowest.size() > most) {
        lowest.subList(most, lowest.size()).clear();
        isMore = true;
      }
    }

    /** Empty, with a warning, if the bytes of the name are not text. */
    private Optional<String> textOf(Path file) {
      try {
        String text = file.getFileName().toString();
        if (text.indexOf(REPLACEMENT) < 0 || folder.resolve(text).equals(file)) {
          return Optional.of(text);
        }
      } catch (InvalidPathException e) {
        // Reported below.
      }
      skip(file, "its name is not Unicode text");
      return Optional.empty();
    }
  }
}

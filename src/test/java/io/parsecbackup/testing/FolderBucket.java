package io.parsecbackup.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * A bucket whose objects are the files in a folder. Whoever changes a file behind the server's back
 * causes bit rot: the object has other bytes, and still the ETag of those that were uploaded.
 */
final class FolderBucket extends S3Bucket {

  /** What a file does not have. */
  private record Headers(String etag, Map<String, String> metadata, Optional<String> contentType) {}

  private final Path folder;
  private final Path uploads;
  private final Map<String, Headers> headers = new ConcurrentHashMap<>();

  FolderBucket(String name, Path folder, Clock clock) {
    super(name, clock);
    this.folder = folder;
    try {
      this.uploads = Files.createTempDirectory("uploads-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void put(String key, StoredObject object) {
    Path file = folder.resolve(key);
    try {
      Path upload = Files.createTempFile(uploads, "upload", "");
      Files.write(upload, object.content().bytes());
      Files.createDirectories(file.getParent());
      headers.put(key, new Headers(object.etag(), object.metadata(), object.contentType()));
      Files.move(upload, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Optional<StoredObject> object(String key) {
    Path file = folder.resolve(key);
    try {
      BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
      return found.isRegularFile() ? Optional.of(object(key, file, found)) : Optional.empty();
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      // A part of the key is a file: no object has this key.
      if (Files.exists(file)) {
        throw new UncheckedIOException(e);
      }
      return Optional.empty();
    }
  }

  private StoredObject object(String key, Path file, BasicFileAttributes found) {
    Content content = new Content.InFile(file, Math.toIntExact(found.size()));
    Headers known =
        headers.computeIfAbsent(
            key, unknown -> new Headers(content.md5(), Map.of(), Optional.empty()));
    return new StoredObject(
        content,
        known.etag(),
        found.lastModifiedTime().toInstant().truncatedTo(ChronoUnit.SECONDS),
        known.metadata(),
        known.contentType());
  }

  @Override
  public boolean delete(String key) {
    headers.remove(key);
    try {
      Path file = folder.resolve(key);
      boolean existed = Files.deleteIfExists(file);
      // A bucket has no folders.
      for (Path above = file.getParent();
          existed && above != null && !above.equals(folder) && isEmpty(above);
          above = above.getParent()) {
        Files.delete(above);
      }
      return existed;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isEmpty(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.findAny().isEmpty();
    }
  }

  @Override
  public void clear() {
    objects().keySet().forEach(this::delete);
  }

  @Override
  public NavigableSet<String> list() {
    return objects().navigableKeySet();
  }

  @Override
  public NavigableMap<String, StoredObject> objects() {
    NavigableMap<String, StoredObject> objects = new TreeMap<>(ORDER);
    if (!Files.exists(folder)) {
      return objects;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      files
          .filter(Files::isRegularFile)
          .map(file -> folder.relativize(file).toString())
          .forEach(key -> object(key).ifPresent(object -> objects.put(key, object)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Collections.unmodifiableNavigableMap(objects);
  }
}

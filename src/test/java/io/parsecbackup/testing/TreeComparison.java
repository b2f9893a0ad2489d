package io.parsecbackup.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The differences between a folder and a bucket.
 *
 * @param same objects that a file holds byte for byte
 * @param missing keys that have no file
 * @param extra files that have no object
 * @param differing keys whose file holds other bytes
 * @param misdated keys whose file has another date than the object's LastModified; they also count
 *     as same
 */
public record TreeComparison(
    int same,
    List<String> missing,
    List<String> extra,
    List<String> differing,
    List<String> misdated) {

  private enum Finding {
    SAME,
    MISSING,
    DIFFERING,
    MISDATED
  }

  /** Compares every object of the bucket with the file of its key, and every file with a key. */
  public static TreeComparison of(Path folder, S3Bucket bucket) {
    Map<Finding, List<String>> found =
        bucket.objects().entrySet().parallelStream()
            .collect(
                Collectors.groupingBy(
                    object -> compare(folder, object.getKey(), object.getValue()),
                    Collectors.mapping(Map.Entry::getKey, Collectors.toList())));
    List<String> misdated = found.getOrDefault(Finding.MISDATED, List.of());
    return new TreeComparison(
        found.getOrDefault(Finding.SAME, List.of()).size() + misdated.size(),
        found.getOrDefault(Finding.MISSING, List.of()),
        files(folder).filter(key -> bucket.object(key).isEmpty()).sorted().toList(),
        found.getOrDefault(Finding.DIFFERING, List.of()),
        misdated);
  }

  /** Whether the folder holds the bucket and nothing else, dates included: a server has its own. */
  public boolean isExact() {
    return Stream.of(missing, extra, differing, misdated).allMatch(List::isEmpty);
  }

  private static Finding compare(Path folder, String key, StoredObject object) {
    Path file = folder.resolve(key);
    try {
      if (!Files.isRegularFile(file)) {
        return Finding.MISSING;
      }
      if (!Arrays.equals(Files.readAllBytes(file), object.content().bytes())) {
        return Finding.DIFFERING;
      }
      return RepositoryPlace.kind() != RepositoryPlace.Kind.FOLDER
              || Files.getLastModifiedTime(file).toInstant().equals(object.lastModified())
          ? Finding.SAME
          : Finding.MISDATED;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<String> files(Path folder) {
    if (!Files.isDirectory(folder)) {
      return Stream.of();
    }
    try (Stream<Path> all = Files.walk(folder)) {
      Set<String> keys =
          all.filter(Files::isRegularFile)
              .map(file -> folder.relativize(file).toString())
              .collect(Collectors.toSet());
      return keys.stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

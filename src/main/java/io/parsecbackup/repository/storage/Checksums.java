package io.parsecbackup.repository.storage;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The content of a {@code SHA256SUMS} file in the format of {@code sha256sum}: digest, two spaces,
 * path from the repository's root.
 */
public record Checksums(Map<String, String> digestByPath) {

  public byte[] toBytes() {
    StringBuilder lines = new StringBuilder();
    digestByPath.forEach(
        (path, digest) -> lines.append(digest).append("  ").append(path).append('\n'));
    return lines.toString().getBytes(StandardCharsets.UTF_8);
  }

  public static Checksums parse(byte[] bytes) {
    Map<String, String> digestByPath = new LinkedHashMap<>();
    new String(bytes, StandardCharsets.UTF_8)
        .lines()
        .filter(line -> line.length() > 66)
        .forEach(line -> digestByPath.put(line.substring(66), line.substring(0, 64)));
    return new Checksums(digestByPath);
  }

  /**
   * The digest of a folder: the SHA-256 of the lines that {@code sha256sum} prints for its files,
   * sorted by their names.
   *
   * @param digests of the files, by their names in the folder
   */
  public static String ofFolder(Map<String, String> digests) {
    return Sha256.of(new Checksums(new TreeMap<>(digests)).toBytes());
  }

  /** The digest of the file with this path. */
  public Optional<String> of(String path) {
    return Optional.ofNullable(digestByPath.get(path));
  }
}

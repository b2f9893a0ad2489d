package io.parsecbackup.bench;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * The pages of a bucket's listing as files, which a server of static files sends. The file of a
 * page is {@code ENCODING/SHAPE/PREFIX/TOKEN.xml}: {@code url} or {@code plain}; {@code flat} or
 * {@code folders} (with the delimiter {@code /}); the prefix or {@code all}; the last key of the
 * page before, or {@code first}. Prefix and token are as they are in the query. {@code one.xml}
 * answers a request for a single key.
 */
final class StaticListing {

  private static final int PAGE = 1000;

  private record Entry(String key, long bytes, Instant modified) {

    /** As nginx builds it from a file. */
    String etag() {
      return String.format(Locale.ROOT, "%x-%x", modified.getEpochSecond(), bytes);
    }
  }

  private final Path folder;
  private final List<Entry> entries;

  private StaticListing(Path folder, List<Entry> entries) {
    this.folder = folder;
    this.entries = entries;
  }

  /** Writes the listing of the files in {@code objects} to {@code folder}. */
  static void write(Path objects, Path folder) throws IOException {
    List<Entry> entries = new ArrayList<>();
    try (Stream<Path> files = Files.walk(objects)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        entries.add(
            new Entry(
                objects.relativize(file).toString(),
                attributes.size(),
                attributes.lastModifiedTime().toInstant().truncatedTo(ChronoUnit.SECONDS)));
      }
    }
    entries.sort((a, b) -> Arrays.compareUnsigned(bytes(a.key), bytes(b.key)));
    StaticListing listing = new StaticListing(folder, entries);
    listing.write("url", StaticListing::encodeKey);
    listing.write("plain", StaticListing::escape);
  }

  private void write(String encoding, UnaryOperator<String> text) throws IOException {
    Path flat = folder.resolve(encoding).resolve("flat");
    Path folders = folder.resolve(encoding).resolve("folders");
    pages(flat.resolve("all"), "", entries, text);
    SortedSet<String> prefixes = new TreeSet<>();
    for (Entry entry : entries) {
      prefixes.add(entry.key.substring(0, entry.key.indexOf('/') + 1));
    }
    for (String prefix : prefixes) {
      List<Entry> below = entries.stream().filter(entry -> entry.key.startsWith(prefix)).toList();
      pages(flat.resolve(encode(prefix)), prefix, below, text);
      pages(folders.resolve(encode(prefix)), prefix, below, text);
    }
    StringBuilder common = new StringBuilder();
    for (String prefix : prefixes) {
      common
          .append("<CommonPrefixes><Prefix>")
          .append(text.apply(prefix))
          .append("</Prefix></CommonPrefixes>");
    }
    Path all = Files.createDirectories(folders.resolve("all"));
    Files.writeString(all.resolve("first.xml"), document("", prefixes.size(), "", common, text));
  }

  private static void pages(
      Path folder, String prefix, List<Entry> entries, UnaryOperator<String> text)
      throws IOException {
    Files.createDirectories(folder);
    page(folder.resolve("one.xml"), prefix, entries, 0, 1, text);
    for (int from = 0; from < entries.size(); from += PAGE) {
      String token = from == 0 ? "first" : encode(entries.get(from - 1).key);
      page(folder.resolve(token + ".xml"), prefix, entries, from, PAGE, text);
    }
  }

  private static void page(
      Path file, String prefix, List<Entry> entries, int from, int most, UnaryOperator<String> text)
      throws IOException {
    int to = Math.min(entries.size(), from + most);
    StringBuilder contents = new StringBuilder();
    for (Entry entry : entries.subList(from, to)) {
      contents
          .append("<Contents><Key>")
          .append(text.apply(entry.key))
          .append("</Key><LastModified>")
          .append(entry.modified.toString().replace("Z", ".000Z"))
          .append("</LastModified><ETag>&quot;")
          .append(entry.etag())
          .append("&quot;</ETag><Size>")
          .append(entry.bytes)
          .append("</Size><StorageClass>STANDARD</StorageClass></Contents>");
    }
    String next = to < entries.size() ? entries.get(to - 1).key : "";
    Files.writeString(file, document(prefix, to - from, next, contents, text));
  }

  /** With the elements of both versions of the request. */
  private static String document(
      String prefix, int count, String next, CharSequence contents, UnaryOperator<String> text) {
    boolean encoded = text.apply("é").startsWith("%");
    return """
    <?xml version="1.0" encoding="UTF-8"?>
    <ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>parsec</Name>\
    <Prefix>%s</Prefix><KeyCount>%d</KeyCount><MaxKeys>1000</MaxKeys>%s\
    <IsTruncated>%s</IsTruncated>%s%s</ListBucketResult>
    """
        .formatted(
            text.apply(prefix),
            count,
            encoded ? "<EncodingType>url</EncodingType>" : "",
            !next.isEmpty(),
            next.isEmpty()
                ? ""
                : "<NextMarker>%s</NextMarker><NextContinuationToken>%s</NextContinuationToken>"
                    .formatted(text.apply(next), escape(next)),
            contents);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** As clients encode a value in the query. */
  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static String encodeKey(String text) {
    return encode(text).replace("%2F", "/");
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;");
  }
}

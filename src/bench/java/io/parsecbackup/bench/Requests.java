package io.parsecbackup.bench;

import io.parsecbackup.testing.EmbeddedS3;
import io.parsecbackup.testing.S3Request.Kind;
import java.util.Locale;
import java.util.StringJoiner;

/**
 * The requests that an S3 server received.
 *
 * @param lists requests for pages of a bucket's listing
 * @param gets requests for objects
 * @param heads HEAD requests for objects or the bucket itself
 * @param puts uploads of objects in one request
 * @param others deletions, copies and the requests of uploads in parts
 * @param sentBytes bytes of objects that were downloaded
 */
record Requests(long lists, long gets, long heads, long puts, long others, long sentBytes) {

  /** All requests since the server was opened. */
  static Requests of(EmbeddedS3 s3) {
    return new Requests(
        s3.count(Kind.LIST),
        s3.count(Kind.GET_OBJECT),
        s3.count(Kind.HEAD_OBJECT) + s3.count(Kind.HEAD_BUCKET),
        s3.count(Kind.PUT_OBJECT),
        s3.count(Kind.DELETE_OBJECT) + s3.count(Kind.OTHER),
        s3.sentBytes());
  }

  Requests since(Requests before) {
    return new Requests(
        lists - before.lists,
        gets - before.gets,
        heads - before.heads,
        puts - before.puts,
        others - before.others,
        sentBytes - before.sentBytes);
  }

  long all() {
    return lists + gets + heads + puts + others;
  }

  /** The kinds that were sent, such as {@code 20,000 GET, 21 LIST}. */
  String kinds() {
    StringJoiner kinds = new StringJoiner(", ");
    add(kinds, gets, "GET");
    add(kinds, puts, "PUT");
    add(kinds, heads, "HEAD");
    add(kinds, lists, "LIST");
    add(kinds, others, "others");
    return kinds.toString();
  }

  private static void add(StringJoiner kinds, long count, String kind) {
    if (count > 0) {
      kinds.add(String.format(Locale.ROOT, "%,d %s", count, kind));
    }
  }
}

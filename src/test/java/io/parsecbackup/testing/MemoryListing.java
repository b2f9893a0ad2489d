package io.parsecbackup.testing;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import org.gaul.s3proxy.blobstore.SdkResponses;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.CommonPrefix;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.services.s3.model.StorageClass;

/**
 * One page of a bucket's listing. Its cost depends on the size of the page, not of the bucket:
 * S3Proxy's own stores walk and sort the whole bucket for each page.
 */
final class MemoryListing {

  private final NavigableMap<String, StoredObject> objects;
  private final String prefix;
  private final String delimiter;
  private final int limit;
  private final List<S3Object> contents = new ArrayList<>();
  private final List<CommonPrefix> prefixes = new ArrayList<>();
  private @Nullable String last;
  private boolean truncated;

  private MemoryListing(
      NavigableMap<String, StoredObject> objects, String prefix, String delimiter, int limit) {
    this.objects = objects;
    this.prefix = prefix;
    this.delimiter = delimiter;
    this.limit = limit;
  }

  static ListObjectsV2Response page(
      NavigableMap<String, StoredObject> objects, ListObjectsV2Request request) {
    MemoryListing listing =
        new MemoryListing(
            objects,
            Objects.requireNonNullElse(request.prefix(), ""),
            Objects.requireNonNullElse(request.delimiter(), ""),
            Objects.requireNonNullElse(request.maxKeys(), 1000));
    String token = request.continuationToken();
    String after =
        token == null
            ? Objects.requireNonNullElse(request.startAfter(), "")
            : new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
    listing.collect(after);
    String next =
        listing.truncated && listing.last != null
            ? Base64.getUrlEncoder().encodeToString(listing.last.getBytes(StandardCharsets.UTF_8))
            : null;
    return SdkResponses.objectsPage(listing.contents, listing.prefixes, next);
  }

  private void collect(String after) {
    boolean fromPrefix = S3Bucket.ORDER.compare(after, prefix) < 0;
    String group = after;
    for (Map.Entry<String, StoredObject> entry :
        objects.tailMap(fromPrefix ? prefix : after, fromPrefix).entrySet()) {
      String key = entry.getKey();
      if (!key.startsWith(prefix)) {
        return;
      }
      int end = delimiter.isEmpty() ? -1 : key.indexOf(delimiter, prefix.length());
      String common = end < 0 ? null : key.substring(0, end + delimiter.length());
      if (common != null && common.equals(group)) {
        continue;
      }
      if (contents.size() + prefixes.size() >= limit) {
        truncated = true;
        return;
      }
      if (common == null) {
        contents.add(s3Object(key, entry.getValue()));
        last = key;
      } else {
        prefixes.add(SdkResponses.commonPrefix(common));
        group = common;
        last = common;
      }
    }
  }

  private static S3Object s3Object(String key, StoredObject object) {
    return SdkResponses.objectEntry(
        key,
        object.etag(),
        object.lastModified(),
        (long) object.content().size(),
        StorageClass.STANDARD);
  }
}

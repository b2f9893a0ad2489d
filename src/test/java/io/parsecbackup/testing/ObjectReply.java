package io.parsecbackup.testing;

import java.io.ByteArrayInputStream;
import org.gaul.s3proxy.blobstore.S3Exceptions;
import org.gaul.s3proxy.blobstore.SdkRequests;
import org.gaul.s3proxy.blobstore.SdkResponses;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/** The answers about one object: conditions, range, headers. */
final class ObjectReply {

  private ObjectReply() {}

  static HeadObjectResponse head(StoredObject object) {
    return SdkResponses.toHead(describe(object).build());
  }

  static ResponseInputStream<GetObjectResponse> get(StoredObject object, GetObjectRequest request) {
    if (request.ifMatch() != null && !matches(request.ifMatch(), object)) {
      throw S3Exceptions.fromStatusCode(412);
    }
    if (request.ifNoneMatch() != null && matches(request.ifNoneMatch(), object)) {
      throw S3Exceptions.fromStatusCode(304);
    }
    byte[] bytes = object.content().bytes();
    GetObjectResponse.Builder response = describe(object);
    if (request.range() == null) {
      return SdkResponses.getResponse(response.build(), new ByteArrayInputStream(bytes));
    }
    SdkRequests.ByteRange range = SdkRequests.parseRange(request.range());
    if (range == null) {
      throw S3Exceptions.invalidArgument("Range");
    }
    Long first = range.first();
    Long last = range.last();
    long start = 0;
    long end = bytes.length;
    if (first != null) {
      start = first;
      end = last == null ? end : Math.min(last + 1, end);
    } else if (last != null) {
      // The last so many bytes.
      start = Math.max(0, end - last);
    }
    if (start >= end) {
      throw S3Exceptions.fromStatusCode(416);
    }
    response.contentLength(end - start);
    response.contentRange("bytes %d-%d/%d".formatted(start, end - 1, bytes.length));
    return SdkResponses.getResponse(
        response.build(), new ByteArrayInputStream(bytes, (int) start, (int) (end - start)));
  }

  /** Whether an object is the one that an If-Match or If-None-Match names. */
  static boolean matches(@Nullable String condition, StoredObject object) {
    return condition != null
        && (condition.equals("*") || condition.replace("\"", "").equals(object.etag()));
  }

  private static GetObjectResponse.Builder describe(StoredObject object) {
    return GetObjectResponse.builder()
        .contentLength((long) object.content().size())
        .contentType(object.contentType().orElse("binary/octet-stream"))
        .eTag('"' + object.etag() + '"')
        .lastModified(object.lastModified())
        .metadata(object.metadata());
  }
}

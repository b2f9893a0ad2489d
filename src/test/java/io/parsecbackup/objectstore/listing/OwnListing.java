package io.parsecbackup.objectstore.listing;

import io.parsecbackup.testing.Fault;
import io.parsecbackup.testing.FaultyProxy;
import io.parsecbackup.testing.S3Bucket;
import io.parsecbackup.testing.S3Request;
import io.parsecbackup.testing.S3Request.Kind;
import io.parsecbackup.testing.S3Response;
import io.parsecbackup.testing.StoredObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The listing of a server that splits its pages, or sorts keys, as a test chooses. */
public final class OwnListing {

  private OwnListing() {}

  /** Returns these pages of the bucket's keys. Faults that were added earlier are applied first. */
  @SafeVarargs
  public static void serve(FaultyProxy proxy, S3Bucket bucket, List<String>... pages) {
    for (int i = 0; i < pages.length; i++) {
      int page = i;
      boolean last = i == pages.length - 1;
      String next =
          last ? "" : "<NextContinuationToken>page-" + (i + 1) + "</NextContinuationToken>";
      String contents =
          pages[i].stream()
              .map(key -> contents(key, bucket.object(key).orElseThrow()))
              .collect(Collectors.joining());
      proxy.when(
          request -> request.kind() == Kind.LIST && page(request) == page,
          answer("<IsTruncated>" + !last + "</IsTruncated>" + next + contents));
    }
  }

  /** The number of the page that a request asks for. */
  public static int page(S3Request request) {
    String token = "continuation-token=page-";
    int at = request.target().indexOf(token);
    return at < 0
        ? 0
        : Integer.parseInt(request.target().substring(at + token.length()).split("&", 2)[0]);
  }

  /** A page with these keys of the bucket; with a token, another page follows. */
  static S3Response page(S3Bucket bucket, List<String> keys, Optional<String> next) {
    return response(
        "<IsTruncated>"
            + next.isPresent()
            + "</IsTruncated>"
            + next.map(t -> "<NextContinuationToken>" + t + "</NextContinuationToken>").orElse("")
            + keys.stream()
                .map(key -> contents(key, bucket.object(key).orElseThrow()))
                .collect(Collectors.joining()));
  }

  static Fault answer(String elements) {
    return new Fault.Answer(response(elements));
  }

  private static S3Response response(String elements) {
    String xml =
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">\
        <Name>parsec</Name><EncodingType>url</EncodingType>%s</ListBucketResult>
        """
            .formatted(elements);
    return new S3Response(
        200,
        List.of(Map.entry("Content-Type", "application/xml")),
        xml.getBytes(StandardCharsets.UTF_8));
  }

  private static String contents(String key, StoredObject object) {
    return """
    <Contents><Key>%s</Key><LastModified>%s</LastModified><ETag>"%s"</ETag>\
    <Size>%d</Size></Contents>\
    """
        .formatted(
            URLEncoder.encode(key, StandardCharsets.UTF_8),
            object.lastModified(),
            object.etag(),
            object.content().size());
  }
}

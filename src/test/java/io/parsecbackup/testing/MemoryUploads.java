package io.parsecbackup.testing;

import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.gaul.s3proxy.blobstore.SdkResponses;
import org.gaul.s3proxy.blobstore.domain.MultipartUpload;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.NoSuchUploadException;
import software.amazon.awssdk.services.s3.model.Part;

/** Multipart uploads in progress. */
final class MemoryUploads {

  private record Upload(
      CreateMultipartUploadRequest request, ConcurrentSkipListMap<Integer, Content> parts) {}

  private final ConcurrentMap<String, Upload> uploads = new ConcurrentHashMap<>();

  MultipartUpload begin(CreateMultipartUploadRequest request) {
    String id = UUID.randomUUID().toString();
    uploads.put(id, new Upload(request, new ConcurrentSkipListMap<>()));
    return new MultipartUpload(id, request);
  }

  void end(MultipartUpload upload) {
    uploads.remove(find(upload).getKey());
  }

  void add(MultipartUpload upload, int number, Content part) {
    find(upload).getValue().parts().put(number, part);
  }

  /**
   * Joins all parts in order. The ETag is S3's for such objects: the MD5 of the parts' MD5s, and
   * the number of parts.
   */
  StoredObject complete(MultipartUpload upload, Instant now) {
    Upload found = find(upload).getValue();
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    ByteArrayOutputStream digests = new ByteArrayOutputStream();
    for (Content part : found.parts().values()) {
      whole.writeBytes(part.bytes());
      digests.writeBytes(HexFormat.of().parseHex(part.md5()));
    }
    end(upload);
    return new StoredObject(
        Content.of(whole.toByteArray()),
        Content.md5(digests.toByteArray()) + "-" + found.parts().size(),
        now,
        Map.copyOf(found.request().metadata()),
        Optional.ofNullable(found.request().contentType()));
  }

  List<Part> parts(MultipartUpload upload) {
    return find(upload).getValue().parts().entrySet().stream()
        .map(part ->
            SdkResponses.part(
                part.getKey(), (long) part.getValue().size(), part.getValue().md5(), Instant.EPOCH))
        .toList();
  }

  List<software.amazon.awssdk.services.s3.model.MultipartUpload> list(String bucket) {
    return uploads.entrySet().stream()
        .filter(upload -> upload.getValue().request().bucket().equals(bucket))
        .map(upload ->
            SdkResponses.upload(upload.getValue().request().key(), upload.getKey(), Instant.EPOCH))
        .toList();
  }

  private Map.Entry<String, Upload> find(MultipartUpload upload) {
    Upload found = uploads.get(upload.id());
    if (found == null) {
      throw NoSuchUploadException.builder()
          .statusCode(404)
          .awsErrorDetails(AwsErrorDetails.builder().errorCode("NoSuchUpload").build())
          .build();
    }
    return Map.entry(upload.id(), found);
  }
}

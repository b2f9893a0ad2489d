package io.parsecbackup.testing;

import io.parsecbackup.testing.S3Request.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.blobstore.S3Exceptions;
import org.gaul.s3proxy.blobstore.SdkResponses;
import org.gaul.s3proxy.blobstore.domain.MultipartUpload;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.model.Bucket;
import software.amazon.awssdk.services.s3.model.BucketCannedACL;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.CopyObjectResponse;
import software.amazon.awssdk.services.s3.model.CreateBucketRequest;
import software.amazon.awssdk.services.s3.model.CreateBucketResponse;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectResponse;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadBucketRequest;
import software.amazon.awssdk.services.s3.model.HeadBucketResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListBucketsResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.ObjectCannedACL;
import software.amazon.awssdk.services.s3.model.Part;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

/**
 * The storage behind S3Proxy: buckets in memory. S3Proxy's own stores keep objects as files, so
 * they cannot hold every key that S3 can, list in Java's order instead of S3's, and read the whole
 * bucket for each page.
 */
public class MemoryBlobStore implements BlobStore {

  private final Clock clock;
  private final ConcurrentMap<String, S3Bucket> buckets = new ConcurrentHashMap<>();
  private final MemoryUploads uploads = new MemoryUploads();
  private final ConcurrentMap<Kind, LongAdder> asked = new ConcurrentHashMap<>();
  private final LongAdder sentBytes = new LongAdder();

  protected MemoryBlobStore(Clock clock) {
    this.clock = clock;
  }

  S3Bucket bucket(String name) {
    return buckets.computeIfAbsent(name, missing -> new S3Bucket(missing, clock));
  }

  /** A bucket whose objects are the files in a folder, created if it is missing. */
  void folderBucket(String name, Path folder) {
    buckets.computeIfAbsent(name, missing -> new FolderBucket(missing, folder, clock));
  }

  long asked(Kind kind) {
    LongAdder count = asked.get(kind);
    return count == null ? 0 : count.sum();
  }

  long sentBytes() {
    return sentBytes.sum();
  }

  private void count(Kind kind) {
    asked.computeIfAbsent(kind, first -> new LongAdder()).increment();
  }

  private S3Bucket existing(String name) {
    S3Bucket bucket = buckets.get(name);
    if (bucket == null) {
      throw S3Exceptions.noSuchBucket(name, "no such bucket");
    }
    return bucket;
  }

  private StoredObject existing(String bucket, String key) {
    return existing(bucket)
        .object(key)
        .orElseThrow(() -> S3Exceptions.noSuchKey(bucket, key, "no such object"));
  }

  @Override
  public ListBucketsResponse list() {
    List<Bucket> all =
        buckets.keySet().stream()
            .sorted()
            .map(name -> SdkResponses.bucket(name, Instant.EPOCH))
            .toList();
    return ListBucketsResponse.builder().buckets(all).build();
  }

  @Override
  public ListObjectsV2Response list(ListObjectsV2Request request) {
    count(Kind.LIST);
    return MemoryListing.page(existing(request.bucket()).objects(), request);
  }

  @Override
  public HeadBucketResponse headBucket(HeadBucketRequest request) {
    count(Kind.HEAD_BUCKET);
    existing(request.bucket());
    return HeadBucketResponse.builder().build();
  }

  @Override
  public CreateBucketResponse createContainer(CreateBucketRequest request) {
    if (buckets.putIfAbsent(request.bucket(), new S3Bucket(request.bucket(), clock)) != null) {
      throw S3Exceptions.bucketAlreadyOwnedByYou(request.bucket());
    }
    return CreateBucketResponse.builder().build();
  }

  @Override
  public void deleteBucket(String name) {
    if (existing(name).size() > 0) {
      throw S3Exceptions.bucketNotEmpty(name);
    }
    buckets.remove(name);
  }

  @Override
  public PutObjectResponse putBlob(PutObjectRequest request, InputStream body) {
    count(Kind.PUT_OBJECT);
    S3Bucket bucket = existing(request.bucket());
    Content content = Content.of(read(body));
    StoredObject object =
        new StoredObject(
            content,
            content.md5(),
            bucket.now(),
            Map.copyOf(request.metadata()),
            Optional.ofNullable(request.contentType()));
    if (!bucket.putIf(request.key(), present -> isMet(request, present), object)) {
      throw S3Exceptions.fromStatusCode(412);
    }
    return SdkResponses.putResponse(object.etag());
  }

  private static boolean isMet(PutObjectRequest request, Optional<StoredObject> present) {
    return (request.ifNoneMatch() == null || present.isEmpty())
        && (request.ifMatch() == null
            || present
                .filter(object -> ObjectReply.matches(request.ifMatch(), object))
                .isPresent());
  }

  @Override
  public CopyObjectResponse copyBlob(CopyObjectRequest request) {
    count(Kind.OTHER);
    StoredObject source = existing(request.sourceBucket(), request.sourceKey());
    S3Bucket target = existing(request.destinationBucket());
    StoredObject copy =
        new StoredObject(
            source.content(),
            source.content().md5(),
            target.now(),
            source.metadata(),
            source.contentType());
    target.put(request.destinationKey(), copy);
    return SdkResponses.copyResponse(copy.etag(), copy.lastModified());
  }

  @Override
  public HeadObjectResponse blobMetadata(HeadObjectRequest request) {
    count(Kind.HEAD_OBJECT);
    return ObjectReply.head(existing(request.bucket(), request.key()));
  }

  @Override
  public ResponseInputStream<GetObjectResponse> getBlob(GetObjectRequest request) {
    count(Kind.GET_OBJECT);
    ResponseInputStream<GetObjectResponse> reply =
        ObjectReply.get(existing(request.bucket(), request.key()), request);
    sentBytes.add(reply.response().contentLength());
    return reply;
  }

  @Override
  public DeleteObjectResponse removeBlob(DeleteObjectRequest request) {
    count(Kind.DELETE_OBJECT);
    existing(request.bucket()).delete(request.key());
    return DeleteObjectResponse.builder().build();
  }

  @Override
  public MultipartUpload initiateMultipartUpload(CreateMultipartUploadRequest request) {
    count(Kind.OTHER);
    existing(request.bucket());
    return uploads.begin(request);
  }

  @Override
  public void abortMultipartUpload(MultipartUpload upload) {
    count(Kind.OTHER);
    uploads.end(upload);
  }

  @Override
  public UploadPartResponse uploadMultipartPart(
      MultipartUpload upload, UploadPartRequest request, InputStream body) {
    count(Kind.OTHER);
    Content part = Content.of(read(body));
    uploads.add(upload, request.partNumber(), part);
    return SdkResponses.uploadedPart(part.md5());
  }

  @Override
  public CompleteMultipartUploadResponse completeMultipartUpload(
      MultipartUpload upload, CompleteMultipartUploadRequest request) {
    count(Kind.OTHER);
    S3Bucket bucket = existing(upload.containerName());
    String key = upload.blobName();
    if (request.ifNoneMatch() != null && bucket.object(key).isPresent()) {
      // As with S3, the upload stays and has to be aborted.
      throw S3Exceptions.fromStatusCode(412);
    }
    StoredObject object = uploads.complete(upload, bucket.now());
    bucket.put(key, object);
    return SdkResponses.completeResponse(object.etag());
  }

  @Override
  public List<Part> listMultipartUpload(MultipartUpload upload) {
    return uploads.parts(upload);
  }

  @Override
  public List<software.amazon.awssdk.services.s3.model.MultipartUpload> listMultipartUploads(
      String bucket) {
    count(Kind.OTHER);
    return uploads.list(bucket);
  }

  @Override
  public long getMinimumMultipartPartSize() {
    return 5L << 20;
  }

  @Override
  public BucketCannedACL getContainerAccess(String bucket) {
    return BucketCannedACL.PRIVATE;
  }

  @Override
  public void setContainerAccess(String bucket, BucketCannedACL access) {}

  @Override
  public ObjectCannedACL getBlobAccess(String bucket, String key) {
    return ObjectCannedACL.PRIVATE;
  }

  @Override
  public void setBlobAccess(String bucket, String key, ObjectCannedACL access) {}

  private static byte[] read(InputStream body) {
    try {
      return body.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

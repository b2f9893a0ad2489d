package io.parsecbackup.objectstore.storage;

import io.parsecbackup.objectstore.bucket.Answer;
import io.parsecbackup.objectstore.bucket.BucketClient;
import io.parsecbackup.objectstore.bucket.BucketPlace;
import io.parsecbackup.objectstore.bucket.Failures;
import io.parsecbackup.objectstore.bucket.ObjectReader;
import io.parsecbackup.objectstore.bucket.ResumingStream;
import io.parsecbackup.objectstore.content.TransferException;
import io.parsecbackup.objectstore.content.TransferException.Kind;
import io.parsecbackup.objectstore.s3.BucketRequest;
import io.parsecbackup.repository.storage.StoredFile;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.util.Optional;

/** Finds and opens the files of a repository in a bucket. */
record BucketReads(BucketClient client, BucketPlace place, ObjectReader reader) {

  /** See {@link io.parsecbackup.repository.storage.Storage#find}. */
  Optional<StoredFile> find(String name) throws IOException {
    try {
      return head(name)
          .map(found -> new StoredFile(name, found.size(), found.lastModified(), found.etag()));
    } catch (TransferException e) {
      throw Failures.of(place.locate(name), "read", e);
    }
  }

  private Optional<Answer> head(String name) throws IOException {
    String key = place.key(name);
    try {
      return Optional.of(client.send(BucketRequest.of(HttpMethod.HEAD, key)));
    } catch (TransferException e) {
      if (e.kind() != Kind.ABSENT) {
        throw e;
      }
    }
    // The answer to HEAD does not say what is missing. It may be the bucket, or come from a proxy.
    BucketRequest first = BucketRequest.of(HttpMethod.GET, key).header("Range", "bytes=0-0");
    try {
      client.send(first);
    } catch (TransferException e) {
      if (e.kind() == Kind.ABSENT) {
        return Optional.empty();
      }
      throw e;
    }
    return Optional.of(client.send(BucketRequest.of(HttpMethod.HEAD, key)));
  }

  /**
   * As {@link #find}.
   *
   * @throws NoSuchFileException when the file does not exist
   */
  StoredFile require(String name) throws IOException {
    return find(name).orElseThrow(() -> new NoSuchFileException(place.locate(name)));
  }

  InputStream open(String name) throws IOException {
    return open(name, 0, Long.MAX_VALUE);
  }

  InputStream open(String name, long offset, long length) throws IOException {
    String key = place.key(name);
    if (length <= 0) {
      require(name);
      return InputStream.nullInputStream();
    }
    return new ResumingStream(
        reader, place.locate(name), new ObjectReader.Part(key, "", offset, length));
  }
}

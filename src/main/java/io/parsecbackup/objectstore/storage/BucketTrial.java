package io.parsecbackup.objectstore.storage;

import io.parsecbackup.Problem;
import io.parsecbackup.objectstore.bucket.Answer;
import io.parsecbackup.objectstore.bucket.BucketClient;
import io.parsecbackup.objectstore.bucket.BucketPlace;
import io.parsecbackup.objectstore.bucket.Failures;
import io.parsecbackup.objectstore.bucket.ObjectReader;
import io.parsecbackup.objectstore.bucket.ObjectWriter;
import io.parsecbackup.objectstore.bucket.PartsUpload;
import io.parsecbackup.objectstore.bucket.ResumingStream;
import io.parsecbackup.objectstore.content.Body;
import io.parsecbackup.objectstore.content.TransferException;
import io.parsecbackup.objectstore.content.TransferException.Kind;
import io.parsecbackup.objectstore.listing.ListedObject;
import io.parsecbackup.objectstore.listing.S3Listing;
import io.parsecbackup.objectstore.s3.BucketRequest;
import io.parsecbackup.repository.storage.Content;
import io.parsecbackup.repository.storage.NewFile;
import io.parsecbackup.repository.storage.Sha256;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Tries on a bucket what a repository relies on. All attempts use one key, which stays, because the
 * program may have no right to delete.
 */
final class BucketTrial {

  private static final String NAME = "tmp/probe";

  private final BucketClient client;
  private final BucketPlace place;
  private final ObjectReader reader;
  private final String key;

  BucketTrial(BucketClient client, BucketPlace place, ObjectReader reader) {
    this.client = client;
    this.place = place;
    this.reader = reader;
    this.key = place.keyPrefix() + NAME;
  }

  static BucketTrial of(BucketReads reads) {
    return new BucketTrial(reads.client(), reads.place(), reads.reader());
  }

  /**
   * Tries everything.
   *
   * @throws Problem of kind REPOSITORY when something is missing that a backup depends on
   */
  BucketCapabilities run() throws IOException {
    try {
      String etag = put(new NewFile.Always());
      requireRefusal(new NewFile.IfAbsent());
      requireRefusal(new NewFile.IfUnchanged("0123456789abcdef0123456789abcdef"));
      put(new NewFile.IfUnchanged(etag));
      requireRefusal(new NewFile.IfUnchanged(etag));
      requireTimeAndList();
      requireRange();
      return new BucketCapabilities(hasChecksums(), multipart(false), multipart(true));
    } catch (TransferException e) {
      throw Failures.of(place.locate(NAME), "used for a test of the bucket", e);
    }
  }

  /**
   * Writes the one file.
   *
   * @throws TransferException when the server does not take it
   */
  void write() throws IOException {
    new ObjectWriter(client, reader).put(key, fresh(), new NewFile.Always());
  }

  private static Content fresh() {
    return Content.of(
        ("A test of parsec-backup: " + UUID.randomUUID() + "\n").getBytes(StandardCharsets.UTF_8));
  }

  /** Writes other bytes than before, and reads them; returns the ETag. */
  private String put(NewFile.Condition condition) throws IOException {
    Content content = fresh();
    String etag;
    try {
      etag = new ObjectWriter(client, reader).put(key, content, condition);
    } catch (TransferException e) {
      if (e.kind() == Kind.PRESENT && condition instanceof NewFile.IfUnchanged) {
        throw unusable("it refuses to replace an object that has not changed (If-Match)");
      }
      throw e;
    }
    requireContent(content, "it does not give back what was just written");
    if (etag.isEmpty()) {
      throw unusable("its answer to a PUT has no ETag");
    }
    return etag;
  }

  private void requireRefusal(NewFile.Condition condition) throws IOException {
    String header =
        condition instanceof NewFile.IfAbsent ? "If-None-Match: *" : "If-Match with another ETag";
    String before = digest();
    try {
      new ObjectWriter(client, reader).put(key, fresh(), condition);
    } catch (TransferException e) {
      if (e.kind() == Kind.PRESENT) {
        if (!digest().equals(before)) {
          throw unusable("it refuses a PUT with " + header + ", but replaces the object");
        }
        return;
      }
      if (e.kind() != Kind.UNSUPPORTED) {
        throw e;
      }
    }
    throw unusable("it does not support conditional writes (a PUT with " + header + ")");
  }

  private String digest() throws IOException {
    return Sha256.of(read(new ObjectReader.Part(key, "", 0, Long.MAX_VALUE)));
  }

  private byte[] read(ObjectReader.Part part) throws IOException {
    try (InputStream in = new ResumingStream(reader, place.locate(NAME), part)) {
      return in.readAllBytes();
    }
  }

  private void requireContent(Content content, String fault) throws IOException {
    if (!digest().equals(content.sha256())) {
      throw unusable(fault);
    }
  }

  /** The lock's time is the server's, and the listing must show what was just written. */
  private void requireTimeAndList() throws IOException {
    Answer head = client.send(BucketRequest.of(HttpMethod.HEAD, key));
    if (head.date().equals(Instant.EPOCH)) {
      throw unusable("its answers have no Date");
    }
    boolean found =
        listed(key, "").stream()
            .anyMatch(object ->
                object.key().equals(key)
                    && object.etag().equals(head.etag())
                    && object.size() == head.size());
    if (!found) {
      throw unusable("its listing does not show what was just written");
    }
    listed(key + "-another", "");
    listed(place.keyPrefix(), "/");
  }

  /** The keys of the first page. */
  private List<ListedObject> listed(String prefix, String delimiter) throws IOException {
    S3Listing listing = new S3Listing(client.connection(), client.retries());
    try {
      return BucketClient.await(listing.pages(prefix, delimiter).next()).objects();
    } catch (TransferException e) {
      // A repository deletes what is listed below a prefix.
      throw e.kind() == Kind.UNSUPPORTED ? unusable(String.valueOf(e.getMessage())) : e;
    }
  }

  private void requireRange() throws IOException {
    byte[] all = read(new ObjectReader.Part(key, "", 0, Long.MAX_VALUE));
    byte[] part = read(new ObjectReader.Part(key, "", 2, 5));
    if (!new String(all, StandardCharsets.UTF_8)
        .substring(2, 7)
        .equals(new String(part, StandardCharsets.UTF_8))) {
      throw unusable("it does not send parts of an object (Range)");
    }
  }

  /** Whether a wrong checksum is refused, and a right one is kept. */
  private boolean hasChecksums() throws IOException {
    Content content = fresh();
    String right = Base64.getEncoder().encodeToString(HexFormat.of().parseHex(content.sha256()));
    BucketRequest put =
        BucketRequest.of(HttpMethod.PUT, key).body(content.size(), content.sha256());
    Body body = new Body.InMemory(((Content.InMemory) content).bytes());
    try {
      client.send(put.header(ObjectWriter.CHECKSUM, right), body, new AtomicInteger());
      return client
          .send(BucketRequest.of(HttpMethod.HEAD, key).header("x-amz-checksum-mode", "ENABLED"))
          .header(ObjectWriter.CHECKSUM)
          .filter(right::equals)
          .isPresent();
    } catch (TransferException e) {
      if (e.kind() == Kind.UNSUPPORTED || e.kind() == Kind.REFUSED) {
        return false;
      }
      throw e;
    }
  }

  /** Whether an upload in parts works, or is refused at its end if the object exists. */
  private boolean multipart(boolean conditional) throws IOException {
    Content content = fresh();
    PartsUpload upload =
        new PartsUpload(client, new ObjectWriter(client, reader), Runnable::run, content.size());
    try {
      upload.put(key, content, conditional ? new NewFile.IfAbsent() : new NewFile.Always());
      return !conditional && digest().equals(content.sha256());
    } catch (TransferException e) {
      if (TransferException.isTemporary(e) || e.kind() == Kind.NO_ACCESS) {
        throw e;
      }
      return conditional && e.kind() == Kind.PRESENT;
    }
  }

  private Problem unusable(String fault) {
    return new Problem(
        Problem.Kind.REPOSITORY,
        "the server of "
            + place.location()
            + " is not suitable for a repository: "
            + fault
            + ". Use another server, or a folder");
  }
}

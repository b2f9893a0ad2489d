package io.parsecbackup.objectstore.bucket;

import io.parsecbackup.objectstore.content.BodyMemory;
import io.parsecbackup.objectstore.content.Etag;
import io.parsecbackup.objectstore.content.TransferException;
import io.parsecbackup.objectstore.content.TransferException.Kind;
import io.parsecbackup.objectstore.s3.BucketRequest;
import io.parsecbackup.objectstore.s3.S3Connection;
import io.parsecbackup.objectstore.s3.S3Connection.Exchange;
import io.parsecbackup.repository.storage.Sha256;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Opens objects. A short one is received whole, which takes one request and no wait for the reader;
 * a longer one is received as fast as it is read.
 */
public final class ObjectReader {

  /** In bytes. Longer objects are read once: to hash them takes time. */
  private static final int LONGEST_DOCUMENT = 64 << 10;

  private static final int OK = 200;
  private static final int PARTIAL_CONTENT = 206;
  private static final int RANGE_NOT_SATISFIABLE = 416;

  private final BucketClient client;

  public ObjectReader(BucketClient client) {
    this.client = client;
  }

  /**
   * The part of an object to read.
   *
   * @param etag that the object must have; empty for any
   * @param length {@link Long#MAX_VALUE} for everything up to the end
   */
  public record Part(String key, String etag, long offset, long length) {
    boolean whole() {
      return offset == 0 && length == Long.MAX_VALUE;
    }

    /** Whether a body that is a part of an object begins where this one does. */
    boolean begins(MultiMap headers) {
      String range = headers.get("Content-Range");
      return range != null && range.startsWith("bytes " + offset + "-");
    }

    BucketRequest request() {
      BucketRequest request = BucketRequest.of(HttpMethod.GET, key);
      if (!whole()) {
        String last = length > Long.MAX_VALUE - offset ? "" : Long.toString(offset + length - 1);
        request = request.header("Range", "bytes=" + offset + "-" + last);
      }
      return etag.isEmpty() ? request : request.header("If-Match", '"' + etag + '"');
    }
  }

  /**
   * A body.
   *
   * @param etag of the object
   * @param size of the body in bytes; negative if it is not known
   * @param held whether it holds one of the connections until its end
   */
  record Opened(InputStream in, String etag, long size, boolean held) {}

  /**
   * Opens a part of an object.
   *
   * @throws TransferException when the server refuses it or does not answer
   */
  Opened open(Part part) throws IOException {
    client.acquire(client.transfers());
    boolean held = false;
    try {
      Opened opened = BucketClient.await(client.retries().around(attempt(part)));
      if (part.whole() && contradictsItsEtag(opened)) {
        // A fault on the way is not damage. The second answer counts, whatever it is.
        opened = BucketClient.await(client.retries().around(attempt(part)));
      }
      held = opened.held();
      return opened;
    } finally {
      if (!held) {
        client.transfers().release();
      }
    }
  }

  /** Whether a short object, such as a document, has an MD5 as its ETag, and other bytes. */
  private static boolean contradictsItsEtag(Opened opened) {
    if (!(opened.in() instanceof ByteArrayInputStream bytes)
        || opened.size() > LONGEST_DOCUMENT
        || !Etag.isMd5(opened.etag())) {
      return false;
    }
    MessageDigest md5 = Sha256.md5();
    md5.update(bytes.readAllBytes());
    bytes.reset();
    return !HexFormat.of().formatHex(md5.digest()).equals(opened.etag());
  }

  private Uni<Opened> attempt(Part part) {
    S3Connection connection = client.connection();
    BucketRequest request = part.request();
    return Uni.createFrom()
        .emitter(emitter -> {
          AtomicReference<Opened> streamed = new AtomicReference<>();
          connection
              .<Opened>exchange(
                  () -> connection.requests().sign(request),
                  exchange ->
                      exchange
                          .send()
                          .compose(response ->
                              receive(
                                  response,
                                  exchange,
                                  part,
                                  opened -> {
                                    streamed.set(opened);
                                    emitter.complete(opened);
                                  })))
              .subscribe()
              .with(
                  emitter::complete,
                  failure -> {
                    Opened opened = streamed.get();
                    if (opened != null && opened.in() instanceof BodyPipe pipe) {
                      pipe.fail(failure);
                    } else {
                      emitter.fail(failure);
                    }
                  });
        });
  }

  /** Completes at the end of the body. */
  private Future<Opened> receive(
      HttpClientResponse response,
      Exchange exchange,
      Part part,
      java.util.function.Consumer<Opened> begun) {
    String etag = Etag.unquoted(response.getHeader("ETag"));
    if (response.statusCode() == RANGE_NOT_SATISFIABLE && !part.whole()) {
      S3Connection.drop(response, exchange);
      return Future.succeededFuture(new Opened(InputStream.nullInputStream(), etag, 0, false));
    }
    long size = size(response.headers());
    if (response.statusCode() != OK && response.statusCode() != PARTIAL_CONTENT) {
      return client.connection().refused(response, exchange);
    }
    if (etag.isEmpty()) {
      return wrong(response, exchange, BucketClient.notOfS3("has no ETag"));
    }
    if (response.statusCode() == PARTIAL_CONTENT && !part.begins(response.headers())) {
      return wrong(
          response,
          exchange,
          new TransferException(
              Kind.TEMPORARY,
              "the server sends another part of the object than the requested one"));
    }
    if (response.statusCode() == OK && (part.offset() > 0 || size > part.length())) {
      return wrong(
          response,
          exchange,
          new TransferException(
              Kind.REFUSED, "the server sends all of the object instead of a part"));
    }
    BodyMemory memory = client.connection().memory();
    if (size >= 0 && !client.bandwidth().received().isSet() && memory.tryReserve(size)) {
      return client
          .connection()
          .wholeBody(response, exchange, (int) size)
          .map(body -> new Opened(new ByteArrayInputStream(body.getBytes()), etag, size, false))
          .onComplete(done -> memory.release(size));
    }
    BodyPipe pipe = new BodyPipe(response, exchange);
    Opened opened = new Opened(pipe, etag, size, true);
    Future<Opened> ended = pipe.receive().map(end -> opened);
    begun.accept(opened);
    return ended;
  }

  private static Future<Opened> wrong(
      HttpClientResponse response, Exchange exchange, TransferException why) {
    S3Connection.drop(response, exchange);
    return Future.failedFuture(why);
  }

  private static long size(MultiMap headers) {
    String length = headers.get("Content-Length");
    try {
      return length == null ? -1 : Long.parseLong(length.strip());
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  /** Gives the connection of a body back. */
  void release() {
    client.transfers().release();
  }

  BucketClient client() {
    return client;
  }
}

package io.parsecbackup.objectstore.bucket;

import io.parsecbackup.objectstore.content.Body;
import io.parsecbackup.objectstore.content.FileBytes;
import io.parsecbackup.objectstore.content.TransferException;
import io.parsecbackup.objectstore.content.TransferException.Kind;
import io.parsecbackup.objectstore.s3.BucketRequest;
import io.parsecbackup.repository.storage.Content;
import io.parsecbackup.repository.storage.NewFile;
import io.parsecbackup.repository.storage.PlainFiles;
import io.parsecbackup.repository.storage.Sha256;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Uploads a large file in parts of known length, several at once. The object appears with all of
 * its parts or not at all.
 */
public final class PartsUpload {

  private static final int MOST_PARTS = 10_000;
  private static final int AT_ONCE = 4;

  private final BucketClient client;
  private final ObjectWriter writer;
  private final Executor disk;
  private final long partSize;

  /**
   * @param disk hashes the parts
   * @param partSize in bytes; larger for files that would have too many parts
   */
  public PartsUpload(BucketClient client, ObjectWriter writer, Executor disk, long partSize) {
    this.client = client;
    this.writer = writer;
    this.disk = disk;
    this.partSize = partSize;
  }

  public boolean isFor(Content content) {
    return content instanceof Content.InFile && content.size() > partSize;
  }

  /**
   * Stores an object.
   *
   * @throws TransferException of kind PRESENT when the condition is not met
   */
  public void put(String key, Content content, NewFile.Condition condition) throws IOException {
    BucketRequest begin =
        BucketRequest.of(HttpMethod.POST, key)
            .parameter("uploads", "")
            .header(ObjectWriter.METADATA, content.sha256());
    String id =
        Xml.text(client.send(begin).body(), "InitiateMultipartUploadResult", "UploadId")
            .orElseThrow(() ->
                new TransferException(Kind.TEMPORARY, "the server sends no id of the upload"));
    try {
      List<String> etags =
          switch (content) {
            case Content.InFile file -> parts(key, id, file);
            case Content.InMemory memory ->
                List.of(part(key, id, 1, new Body.InMemory(memory.bytes())));
          };
      complete(key, id, etags, content.sha256(), condition);
    } catch (IOException | RuntimeException | Error e) {
      UnfinishedUploads.abort(client, key, id);
      throw e;
    }
  }

  /** The ETags of all parts. Each waits for one of the few places, so that parts go up in order. */
  private List<String> parts(String key, String id, Content.InFile file) throws IOException {
    long length = Math.max(partSize, (file.size() + MOST_PARTS - 1) / MOST_PARTS);
    int count = (int) ((file.size() + length - 1) / length);
    AtomicInteger next = new AtomicInteger();
    String[] etags = new String[count];
    List<CompletableFuture<Void>> workers = new ArrayList<>();
    for (int i = 0; i < Math.min(AT_ONCE, count); i++) {
      workers.add(
          CompletableFuture.runAsync(
              () -> {
                for (int at = next.getAndIncrement(); at < count; at = next.getAndIncrement()) {
                  long offset = at * length;
                  long size = Math.min(length, file.size() - offset);
                  try {
                    etags[at] = part(key, id, at + 1, Body.InFile.part(file.file(), offset, size));
                  } catch (IOException | RuntimeException | Error e) {
                    next.set(count);
                    throw new CompletionException(e);
                  }
                }
              },
              disk));
    }
    CompletableFuture<Void> all =
        CompletableFuture.allOf(workers.toArray(CompletableFuture[]::new));
    try {
      BucketClient.await(all);
    } catch (IOException e) {
      throw e.getCause() instanceof IOException cause ? cause : e;
    } finally {
      next.set(count);
    }
    return List.of(etags);
  }

  private String part(String key, String id, int number, Body body) throws IOException {
    MessageDigest sha256 = Sha256.digest();
    MessageDigest md5 = Sha256.md5();
    switch (body) {
      case Body.InMemory memory -> {
        sha256.update(memory.bytes());
        md5.update(memory.bytes());
      }
      case Body.InFile file -> update(file, sha256, md5);
    }
    BucketRequest request =
        BucketRequest.of(HttpMethod.PUT, key)
            .parameter("partNumber", Integer.toString(number))
            .parameter("uploadId", id)
            .body(body.size(), Sha256.hex(sha256))
            .header("Content-MD5", Base64.getEncoder().encodeToString(md5.digest()));
    return client.send(request, body, new AtomicInteger()).etag();
  }

  private static void update(Body.InFile body, MessageDigest sha256, MessageDigest md5)
      throws IOException {
    try (FileChannel channel = PlainFiles.openChannel(body.file(), StandardOpenOption.READ)) {
      FileBytes.each(
          body.view().of(new FileBytes(channel), channel.size()),
          body.size(),
          piece -> {
            sha256.update(piece.duplicate());
            md5.update(piece);
          });
    }
  }

  private void complete(
      String key, String id, List<String> etags, String sha256, NewFile.Condition condition)
      throws IOException {
    byte[] document = document(etags);
    BucketRequest request =
        ObjectWriter.withCondition(
            BucketRequest.of(HttpMethod.POST, key)
                .parameter("uploadId", id)
                .body(document.length, Sha256.of(document))
                .header("Content-Type", "application/xml"),
            condition);
    AtomicInteger tries = new AtomicInteger();
    try {
      Answer answer = client.send(request, new Body.InMemory(document), tries);
      if (Xml.elements(answer.body(), "CompleteMultipartUploadResult").isEmpty()) {
        throw BucketClient.notOfS3("to the end of an upload is not S3's");
      }
    } catch (TransferException e) {
      // The answer to an earlier try may have been lost: the upload does not exist any more.
      boolean perhapsDone = e.kind() == Kind.ABSENT || e.kind() == Kind.PRESENT;
      if (!perhapsDone || tries.get() < 2 || !writer.has(key, sha256)) {
        throw ObjectWriter.isUnmet(e, condition) && e.kind() == Kind.ABSENT
            ? new TransferException(Kind.PRESENT, String.valueOf(e.getMessage()), e)
            : e;
      }
    }
  }

  private static byte[] document(List<String> etags) {
    StringBuilder xml = new StringBuilder("<CompleteMultipartUpload>");
    for (int i = 0; i < etags.size(); i++) {
      xml.append("<Part><PartNumber>").append(i + 1).append("</PartNumber><ETag>&quot;");
      xml.append(Xml.escape(etags.get(i))).append("&quot;</ETag></Part>");
    }
    return xml.append("</CompleteMultipartUpload>").toString().getBytes(StandardCharsets.UTF_8);
  }
}

package io.parsecbackup.backup;

import io.parsecbackup.testing.Content;
import io.parsecbackup.testing.EmbeddedS3;
import io.parsecbackup.testing.FileFacts;
import io.parsecbackup.testing.ParsecData;
import io.parsecbackup.testing.ParsecStack;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import org.awaitility.Awaitility;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;

/**
 * Clients of a Parsec server, which add blocks as the server does: a PUT, then an INSERT. A third
 * of the PUTs are repeated with other bytes of the same size before the INSERT, some of them much
 * later; some blocks never get a row. Each upload waits for a permit, so that uploads happen
 * between the steps of a backup.
 */
final class BlockWriters implements AutoCloseable {

  private static final int WRITERS = 4;

  /** Uploads that a writer has started but not finished. */
  private static final int MOST_PENDING = 12;

  private final ParsecStack stack;
  private final S3AsyncClient s3;
  private final Semaphore steps = new Semaphore(0);
  private final Map<String, String> rows = new ConcurrentHashMap<>();
  private final ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
  private final List<Future<?>> writers = new ArrayList<>();
  private volatile boolean ended;

  BlockWriters(ParsecStack stack, long seed) {
    this.stack = stack;
    this.s3 = client(stack.s3());
    for (int i = 0; i < WRITERS; i++) {
      Random random = new Random(seed + i);
      writers.add(
          threads.submit(() -> {
            write(random);
            return null;
          }));
    }
  }

  private static S3AsyncClient client(EmbeddedS3 server) {
    return S3AsyncClient.builder()
        .endpointOverride(server.endpoint())
        .region(Region.of(server.region()))
        .forcePathStyle(true)
        .credentialsProvider(
            StaticCredentialsProvider.create(
                AwsBasicCredentials.create(server.accessKey(), server.secretKey())))
        .httpClientBuilder(NettyNioAsyncHttpClient.builder())
        .build();
  }

  /** Permits this many PUTs or INSERTs, now or soon. */
  void allow(int more) {
    steps.release(more);
  }

  /** Waits until this many blocks have a row, or get it now. */
  void awaitRows(int count) {
    Awaitility.await().until(() -> rows.size() >= count);
  }

  /** The SHA-256 of each object's last PUT before its INSERT, by its key. */
  Map<String, String> rows() {
    return Map.copyOf(rows);
  }

  /** Stops the writers; throws if one has failed. */
  @Override
  public void close() throws Exception {
    ended = true;
    steps.release(WRITERS);
    try (ExecutorService closing = threads;
        S3AsyncClient client = s3) {
      for (Future<?> writer : writers) {
        writer.get();
      }
    }
  }

  private record Upload(UUID id, int organization, int size, int tries) {
    String key() {
      return ParsecData.ORGANIZATIONS.get(organization) + "/" + id;
    }

    byte[] bytes() {
      return Content.generated(id.toString(), tries, size).bytes();
    }

    Upload again() {
      return new Upload(id, organization, size, tries + 1);
    }
  }

  private void write(Random random) throws SQLException, InterruptedException {
    List<Upload> pending = new ArrayList<>();
    try (Connection connection = stack.database().connect(ParsecStack.NAME);
        PreparedStatement insert =
            connection.prepareStatement(
                "INSERT INTO block (block_id, realm, author, size, created_on, key_index)"
                    + " VALUES (?, ?, ?, ?, now(), 1)")) {
      while (true) {
        steps.acquire();
        if (ended) {
          return;
        }
        if (pending.size() < 1 + random.nextInt(MOST_PENDING)) {
          pending.add(put(begin(random)));
          continue;
        }
        Upload upload = pending.remove(random.nextInt(pending.size()));
        switch (random.nextInt(12)) {
          case 0 -> {}
          case 1, 2, 3, 4 -> pending.add(put(upload.again()));
          default -> insert(insert, upload, random);
        }
      }
    }
  }

  private static Upload begin(Random random) {
    return new Upload(
        new UUID(random.nextLong(), random.nextLong()),
        random.nextInt(ParsecData.ORGANIZATIONS.size()),
        1 + random.nextInt(600),
        0);
  }

  private Upload put(Upload upload) {
    s3.putObject(
            request -> request.bucket(ParsecStack.NAME).key(upload.key()),
            AsyncRequestBody.fromBytes(upload.bytes()))
        .join();
    return upload;
  }

  private void insert(PreparedStatement insert, Upload upload, Random random) throws SQLException {
    // Before the row is visible.
    rows.put(upload.key(), FileFacts.sha256(upload.bytes()));
    insert.setObject(1, upload.id());
    insert.setInt(2, upload.organization() * 2 + 1 + random.nextInt(2));
    insert.setInt(3, upload.organization() + 1);
    insert.setInt(4, upload.size());
    insert.executeUpdate();
  }
}

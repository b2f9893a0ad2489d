package io.parsecbackup.testing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.testing.S3Request.Kind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

// One server and one client for all: a client takes seconds to close.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EmbeddedS3Test {

  private static final List<String> KEYS =
      List.of("CoolOrg/a", "coolorg/a", "Éléphant-日本/a b+c%", "ﬀ/a", "𠮷野家/a", "x//y/", "../up");

  private final EmbeddedS3 s3 = EmbeddedS3.open();
  private final S3AsyncClient client = client(s3.secretKey());

  @BeforeEach
  void fill() {
    s3.bucket("parsec").clear();
    KEYS.forEach(key -> s3.bucket("parsec").put(key, key + "'s bytes"));
  }

  @AfterAll
  void close() {
    client.close();
    s3.close();
  }

  @Test
  void listsEveryKeyInByteOrderPageByPage() {
    List<String> listed = new ArrayList<>();
    String token = null;
    do {
      String next = token;
      ListObjectsV2Response page =
          client.listObjectsV2(r -> r.bucket("parsec").maxKeys(2).continuationToken(next)).join();
      assertTrue(page.contents().size() <= 2);
      page.contents().stream().map(S3Object::key).forEach(listed::add);
      token = page.nextContinuationToken();
    } while (token != null);

    assertEquals(
        KEYS.stream()
            .sorted((a, b) ->
                Arrays.compareUnsigned(
                    a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8)))
            .toList(),
        listed);
    assertEquals(
        List.of("ﬀ/a", "𠮷野家/a"),
        client
            .listObjectsV2(r -> r.bucket("parsec").startAfter("Éléphant-日本/z"))
            .join()
            .contents()
            .stream()
            .map(S3Object::key)
            .toList());
  }

  @Test
  void returnsTheBytesAndTheMd5OfEachKey() {
    for (String key : KEYS) {
      if (key.startsWith("..")) {
        // Clients remove dots from a path before they send it.
        continue;
      }
      ResponseBytes<GetObjectResponse> got =
          client
              .getObject(r -> r.bucket("parsec").key(key), AsyncResponseTransformer.toBytes())
              .join();
      assertEquals(key + "'s bytes", got.asUtf8String());
      assertEquals('"' + Content.md5(got.asByteArray()) + '"', got.response().eTag());
      assertEquals(
          s3.bucket("parsec").object(key).orElseThrow().lastModified(),
          got.response().lastModified());
    }
    assertEquals(
        "oolOrg",
        client
            .getObject(
                r -> r.bucket("parsec").key("CoolOrg/a").range("bytes=1-6"),
                AsyncResponseTransformer.toBytes())
            .join()
            .asUtf8String());
  }

  @Test
  void storesWhatAClientUploads() {
    byte[] bytes = Content.generated("k", 1, 100_001).bytes();
    client
        .putObject(r -> r.bucket("parsec").key("new/𠮷"), AsyncRequestBody.fromBytes(bytes))
        .join();
    assertArrayEquals(bytes, s3.bucket("parsec").get("new/𠮷").orElseThrow());
    client.deleteObject(r -> r.bucket("parsec").key("new/𠮷")).join();
    assertTrue(s3.bucket("parsec").get("new/𠮷").isEmpty());
  }

  @Test
  void countsEachRequestOnceByItsKind() {
    List<Kind> kinds =
        List.of(Kind.LIST, Kind.GET_OBJECT, Kind.HEAD_OBJECT, Kind.PUT_OBJECT, Kind.DELETE_OBJECT);
    List<Long> before = kinds.stream().map(s3::count).toList();
    client.listObjectsV2(r -> r.bucket("parsec").maxKeys(2)).join();
    for (int times = 0; times < 2; times++) {
      client
          .getObject(r -> r.bucket("parsec").key("CoolOrg/a"), AsyncResponseTransformer.toBytes())
          .join();
    }
    for (int times = 0; times < 3; times++) {
      client.headObject(r -> r.bucket("parsec").key("coolorg/a")).join();
    }
    List<Long> more = kinds.stream().map(s3::count).toList();

    assertEquals(
        List.of(1L, 2L, 3L, 0L, 0L),
        IntStream.range(0, kinds.size()).mapToObj(i -> more.get(i) - before.get(i)).toList());
  }

  @Test
  void refusesAWrongSecretAndAMissingKey() {
    assertInstanceOf(NoSuchKeyException.class, failure(client, "CoolOrg/none"));
    try (S3AsyncClient stranger = client("wrong")) {
      S3Exception refusal = assertInstanceOf(S3Exception.class, failure(stranger, "CoolOrg/a"));
      assertEquals(403, refusal.statusCode());
    }
  }

  @Test
  void restartsOnTheSamePortWithItsObjects() {
    s3.stop();
    assertFalse(failure(client, "CoolOrg/a") instanceof S3Exception);
    s3.start();
    client.headObject(r -> r.bucket("parsec").key("CoolOrg/a")).join();
  }

  private @Nullable Throwable failure(S3AsyncClient by, String key) {
    return assertThrows(
            CompletionException.class,
            () ->
                by.getObject(r -> r.bucket("parsec").key(key), AsyncResponseTransformer.toBytes())
                    .join())
        .getCause();
  }

  private S3AsyncClient client(String secret) {
    return S3AsyncClient.builder()
        .endpointOverride(s3.endpoint())
        .forcePathStyle(true)
        .region(Region.of(s3.region()))
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create(s3.accessKey(), secret)))
        .httpClientBuilder(NettyNioAsyncHttpClient.builder())
        .build();
  }
}

package io.parsecbackup.testing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.testing.S3Request.Kind;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;

/**
 * Uses a plain HTTP client, which retries a few times if a server closes the connection without an
 * answer.
 */
class FaultyProxyTest {

  private static final byte[] BYTES = Content.generated("bytes", 1, 50_000).bytes();

  private final EmbeddedS3 s3 = EmbeddedS3.open();
  private final FaultyProxy proxy = FaultyProxy.before(s3.endpoint());

  @BeforeEach
  void fill() {
    s3.bucket("bucket").put("Éléphant-日本/1", BYTES);
    s3.bucket("bucket").put("a", "a");
    s3.bucket("bucket").put("c", "c");
  }

  @AfterEach
  void close() {
    proxy.close();
    s3.close();
  }

  @Test
  void forwardsAndCountsSignedRequests() throws Exception {
    HttpResponse<byte[]> got = send("GET", "bucket/%C3%89l%C3%A9phant-%E6%97%A5%E6%9C%AC/1");
    assertEquals(200, got.statusCode());
    assertArrayEquals(BYTES, got.body());
    assertEquals(200, send("HEAD", "bucket/a").statusCode());
    assertEquals(200, send("HEAD", "bucket").statusCode());
    assertTrue(text(send("GET", "bucket?list-type=2")).contains("<Key>a</Key>"));
    assertEquals(404, send("GET", "bucket/none").statusCode());
    assertEquals(List.of("Éléphant-日本/1", "none"), proxy.fetched());
    assertEquals(2, proxy.count(Kind.GET_OBJECT));
    assertEquals(1, proxy.count(Kind.HEAD_OBJECT));
    assertEquals(1, proxy.count(Kind.HEAD_BUCKET));
    assertEquals(1, proxy.count(Kind.LIST));
    assertEquals(1, proxy.mostInFlight(Kind.GET_OBJECT));
  }

  @Test
  void returnsAnErrorForTheFirstRequestsOnly() throws Exception {
    for (int status : List.of(403, 404, 429, 500, 503)) {
      proxy.reset();
      FaultRule rule = proxy.when(Kind.GET_OBJECT, "a", Fault.status(status)).first(2);
      HttpResponse<byte[]> failed = send("GET", "bucket/a");
      assertEquals(status, failed.statusCode());
      assertTrue(text(failed).contains("<Error><Code>"));
      assertEquals(200, send("GET", "bucket/c").statusCode());
      assertEquals(status, send("GET", "bucket/a").statusCode());
      assertEquals(200, send("GET", "bucket/a").statusCode());
      assertEquals(2, rule.struck());
    }
  }

  @Test
  void countsTheRequestsOfEachKeySeparately() throws Exception {
    proxy.when(Kind.GET_OBJECT, Fault.status(503)).at(2).perKey();
    assertEquals(200, send("GET", "bucket/a").statusCode());
    assertEquals(200, send("GET", "bucket/c").statusCode());
    assertEquals(503, send("GET", "bucket/a").statusCode());
    assertEquals(503, send("GET", "bucket/c").statusCode());
    assertEquals(200, send("GET", "bucket/a").statusCode());
  }

  @Test
  void cutsResetsAndDropsConnections() throws Exception {
    String path = "bucket/%C3%89l%C3%A9phant-%E6%97%A5%E6%9C%AC/1";
    for (Fault fault : List.of(new Fault.Cut(1000), new Fault.Reset(1000), new Fault.Drop())) {
      proxy.reset();
      FaultRule rule = proxy.when(Kind.GET_OBJECT, fault);
      assertThrows(IOException.class, () -> send("GET", path), fault::toString);
      assertTrue(rule.struck() > 0);
      proxy.reset();
      assertArrayEquals(BYTES, send("GET", path).body());
    }
  }

  @Test
  void flipsOneBitAndKeepsTheLength() throws Exception {
    proxy.when(Kind.GET_OBJECT, Fault.corruptByte(777)).first(1);
    byte[] got = send("GET", "bucket/%C3%89l%C3%A9phant-%E6%97%A5%E6%9C%AC/1").body();
    assertEquals(BYTES.length, got.length);
    assertEquals(BYTES[777] ^ 1, got[777]);
    got[777] ^= 1;
    assertArrayEquals(BYTES, got);
  }

  @Test
  void delaysAndHangs() throws Exception {
    proxy.when(Kind.GET_OBJECT, "a", new Fault.Delay(Duration.ofMillis(200)));
    proxy.when(Kind.GET_OBJECT, "c", new Fault.Hang());
    long start = System.nanoTime();
    assertEquals(200, send("GET", "bucket/a").statusCode());
    assertTrue(System.nanoTime() - start >= Duration.ofMillis(200).toNanos());
    assertThrows(HttpTimeoutException.class, () -> send("GET", "bucket/c"));
  }

  @Test
  void changesEtagsAndEncryptionHeaders() throws Exception {
    FaultRule kms = proxy.when(Kind.GET_OBJECT, Fault.kms()).first(1);
    assertEquals(
        "aws:kms",
        send("GET", "bucket/a").headers().firstValue("x-amz-server-side-encryption").orElseThrow());
    assertEquals(1, kms.struck());
    proxy.when(request -> true, Fault.multipartEtag());
    String etag = Content.md5("a".getBytes(StandardCharsets.UTF_8)) + "-2";
    assertEquals(
        '"' + etag + '"', send("GET", "bucket/a").headers().firstValue("etag").orElseThrow());
    assertTrue(text(send("GET", "bucket?list-type=2")).contains(etag));
  }

  @Test
  void damagesListings() throws Exception {
    proxy.when(Kind.LIST, Fault.disorderedListing()).at(1);
    proxy.when(Kind.LIST, Fault.duplicateInListing()).at(1);
    proxy.when(Kind.LIST, Fault.noContinuationToken()).at(1);
    assertEquals(List.of("Éléphant-日本/1", "c", "a"), keys(text(send("GET", "bucket?list-type=2"))));
    assertEquals(
        List.of("a", "a", "c", "Éléphant-日本/1"), keys(text(send("GET", "bucket?list-type=2"))));
    String page = text(send("GET", "bucket?list-type=2&max-keys=1"));
    assertTrue(page.contains("<IsTruncated>true</IsTruncated>"));
    assertFalse(page.contains("NextContinuationToken"));
  }

  private static List<String> keys(String xml) {
    return Pattern.compile("<Key>([^<]*)</Key>")
        .matcher(xml)
        .results()
        .map(result -> result.group(1))
        .toList();
  }

  private static String text(HttpResponse<byte[]> response) {
    return new String(response.body(), StandardCharsets.UTF_8);
  }

  private HttpResponse<byte[]> send(String method, String target)
      throws IOException, InterruptedException {
    SdkHttpRequest unsigned =
        SdkHttpRequest.builder()
            .method(SdkHttpMethod.fromValue(method))
            .uri(URI.create(proxy.endpoint() + "/" + target))
            .build();
    SdkHttpRequest signed =
        AwsV4HttpSigner.create()
            .sign(r ->
                r.identity(AwsBasicCredentials.create(s3.accessKey(), s3.secretKey()))
                    .request(unsigned)
                    .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, "s3")
                    .putProperty(AwsV4HttpSigner.REGION_NAME, s3.region())
                    .putProperty(AwsV4HttpSigner.DOUBLE_URL_ENCODE, false)
                    .putProperty(AwsV4HttpSigner.NORMALIZE_PATH, false))
            .request();
    HttpRequest.Builder request =
        HttpRequest.newBuilder(signed.getUri())
            .method(method, HttpRequest.BodyPublishers.noBody())
            .timeout(Duration.ofSeconds(3));
    signed.forEachHeader((name, values) -> {
      if (!name.equalsIgnoreCase("Host")) {
        request.header(name, values.getFirst());
      }
    });
    try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }
  }
}

package io.parsecbackup.objectstore.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.parsecbackup.Problem;
import io.parsecbackup.objectstore.s3.BucketAddress;
import io.parsecbackup.objectstore.s3.BucketRequest;
import io.parsecbackup.objectstore.s3.Credentials;
import io.parsecbackup.objectstore.s3.S3Connection;
import io.parsecbackup.testing.EmbeddedS3;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.core.exception.SdkClientException;

class AwsChainTest {

  @Test
  void signsTheTokenOfARole() {
    AwsChain chain = new AwsChain(() -> AwsSessionCredentials.create("access", "secret", "token"));
    chain.refresh();
    Credentials first = chain.current();
    chain.refresh();
    assertSame(first, chain.current());
    try (EmbeddedS3 server = EmbeddedS3.open();
        S3Connection connection =
            BucketScenario.CLIENTS.open(
                new BucketAddress(Optional.of(server.endpoint().toString()), "us-east-1", "bucket"),
                chain,
                1)) {
      RequestOptions request = connection.requests().sign(BucketRequest.of(HttpMethod.HEAD, "key"));
      assertEquals("token", request.getHeaders().get("x-amz-security-token"));
      assertTrue(
          String.valueOf(request.getHeaders().get("Authorization"))
              .contains("x-amz-date;x-amz-security-token"));
    }
  }

  @Test
  void reportsAChainWithoutCredentials() {
    AwsChain chain =
        new AwsChain(() -> {
          throw SdkClientException.create("nothing");
        });
    assertEquals(Problem.Kind.CONFIGURATION, assertThrows(Problem.class, chain::refresh).kind());
  }

  @Test
  void usesTheServerThatAwssVariablesName() {
    Map<String, String> both =
        Map.of("AWS_ENDPOINT_URL", "http://all:1", "AWS_ENDPOINT_URL_S3", "http://s3:1");
    assertEquals(Optional.of("http://s3:1"), AwsChain.endpoint(both));
    assertEquals(
        Optional.of("http://all:1"), AwsChain.endpoint(Map.of("AWS_ENDPOINT_URL", "http://all:1")));
    assertEquals(
        Optional.empty(),
        AwsChain.endpoint(
            Map.of(
                "AWS_ENDPOINT_URL",
                "http://all:1",
                "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
                "true")));
  }

  /** As Kubernetes gives a pod the role of its service account. */
  @Test
  void takesTheRoleOfAWebIdentity(@TempDir Path folder) throws IOException {
    HttpServer sts = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    sts.createContext(
        "/",
        exchange -> {
          byte[] answer =
              """
              <AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials>
              <AccessKeyId>role-key</AccessKeyId><SecretAccessKey>s</SecretAccessKey>
              <SessionToken>role-token</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>
              </Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>
              """
                  .getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    sts.start();
    Map<String, String> settings =
        Map.of(
            "aws.webIdentityTokenFile",
            Files.writeString(folder.resolve("token"), "token").toString(),
            "aws.roleArn",
            "arn:aws:iam::123456789012:role/backup",
            "aws.region",
            "us-east-1",
            "aws.endpointUrlSts",
            "http://127.0.0.1:" + sts.getAddress().getPort());
    settings.forEach(System::setProperty);
    try {
      AwsChain chain = AwsChain.ofThisProcess();
      chain.refresh();
      assertEquals(new Credentials("role-key", "s", Optional.of("role-token")), chain.current());
    } finally {
      settings.keySet().forEach(System::clearProperty);
      sts.stop(0);
    }
  }
}

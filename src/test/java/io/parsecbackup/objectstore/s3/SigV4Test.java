package io.parsecbackup.objectstore.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SigV4Test {

  private static final Instant NOW = Instant.parse("2013-05-24T00:00:00Z");

  private final SigV4 signer =
      new SigV4(
          "us-east-1",
          CredentialSource.of(
              new Credentials(
                  "AKIAIOSFODNN7EXAMPLE",
                  "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
                  Optional.empty())));

  /** "GET Bucket Lifecycle" of Amazon's manual. */
  @Test
  void signsAsAmazonsManualDoes() {
    assertEquals(
        "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
            + " SignedHeaders=host;x-amz-content-sha256;x-amz-date,"
            + " Signature=fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
        authorization());
  }

  @Test
  void signsInManyThreadsWithOneKey() throws Exception {
    List<Callable<Set<String>>> threads =
        Stream.<Callable<Set<String>>>generate(() -> this::signMany).limit(8).toList();
    try (ExecutorService executor = Executors.newFixedThreadPool(threads.size())) {
      for (Future<Set<String>> signed : executor.invokeAll(threads)) {
        assertEquals(Set.of(authorization()), signed.get());
      }
    }
  }

  private Set<String> signMany() {
    return Stream.generate(this::authorization).limit(500).collect(Collectors.toSet());
  }

  private String authorization() {
    return signer
        .sign(
            new SigV4.Request(
                "GET",
                "examplebucket.s3.amazonaws.com",
                "/",
                "lifecycle=",
                SigV4.EMPTY_BODY,
                new TreeMap<>()),
            NOW)
        .authorization();
  }
}

package io.parsecbackup.objectstore.s3;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Signs the GET of one object. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class SigningBenchmark {

  private static final SigV4.Request REQUEST =
      new SigV4.Request(
          "GET",
          "s3.example.com",
          "/parsec/CoolOrg/0123456789abcdef0123456789abcdef",
          "",
          SigV4.EMPTY_BODY,
          new TreeMap<>(Map.of("x-amz-checksum-mode", "ENABLED")));

  private final SigV4 signer =
      new SigV4(
          "us-east-1", CredentialSource.of(new Credentials("access", "secret", Optional.empty())));
  private final Instant now = Instant.parse("2026-11-29T12:00:00Z");

  /** Signs all requests in the same second, as a run does with most of its requests. */
  @Benchmark
  public Object sign() {
    return signer.sign(REQUEST, now);
  }
}

package io.parsecbackup.repository.index;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
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

/** Writes and reads one record of the index. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class IndexCodecBenchmark {

  private final IndexRecord entry =
      new IndexRecord(
          "CoolOrg/0123456789abcdef0123456789abcdef",
          16_384,
          "0123456789abcdef".repeat(4),
          "0123456789abcdef".repeat(2),
          Instant.parse("2026-11-29T12:00:00.123Z"),
          true,
          ContentCheck.ETAG);
  private final byte[] line = IndexCodec.INSTANCE.format(entry).getBytes(StandardCharsets.UTF_8);

  @Benchmark
  public String format() {
    return IndexCodec.INSTANCE.format(entry);
  }

  @Benchmark
  public IndexRecord parse() {
    return IndexCodec.INSTANCE.parse(line, 0, line.length);
  }
}

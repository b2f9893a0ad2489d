package io.parsecbackup.repository.index;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Joins the references of a dump with the index; the times are for one reference. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class MergeJoinBenchmark {

  private static final int KEYS = 10_000;

  private Path folder = Path.of("");
  private Path references = Path.of("");
  private Path index = Path.of("");

  @Setup
  public void write() throws IOException {
    folder = Files.createTempDirectory("merge-join");
    references = folder.resolve("references.tsv");
    index = folder.resolve("index.tsv");
    StringBuilder rows = new StringBuilder();
    StringBuilder records = new StringBuilder(IndexCodec.HEADER).append('\n');
    for (int n = 0; n < KEYS; n++) {
      String key = String.format("CoolOrg/%032x", n);
      rows.append(key).append("\t16384\n");
      records.append(IndexCodec.INSTANCE.format(entry(key))).append('\n');
    }
    Files.writeString(references, rows);
    Files.writeString(index, records);
  }

  private static IndexRecord entry(String key) {
    return new IndexRecord(
        key,
        16_384,
        "0123456789abcdef".repeat(4),
        "0123456789abcdef".repeat(2),
        Instant.parse("2026-11-29T12:00:00.123Z"),
        true,
        ContentCheck.ETAG);
  }

  @TearDown
  public void delete() throws IOException {
    Files.delete(references);
    Files.delete(index);
    Files.delete(folder);
  }

  /** The usual case: the index covers every reference, so lines are compared as bytes. */
  @Benchmark
  @OperationsPerInvocation(KEYS)
  public int allCovered() throws IOException {
    int covered = 0;
    try (ReferenceStream dump = new ReferenceStream(references);
        RecordStream<IndexRecord> known = RecordStream.merge(IndexCodec.INSTANCE, List.of(index))) {
      while (dump.hasNext() && dump.skipIfCoveredByNext(known)) {
        covered++;
      }
    }
    return check(covered);
  }

  /** The general case: both lines are decoded. */
  @Benchmark
  @OperationsPerInvocation(KEYS)
  public int parsed() throws IOException {
    int covered = 0;
    try (ReferenceStream dump = new ReferenceStream(references);
        RecordStream<IndexRecord> known = RecordStream.merge(IndexCodec.INSTANCE, List.of(index))) {
      while (dump.hasNext()) {
        Reference next = dump.next();
        covered += known.take(next.key()).filter(next::isCoveredBy).isPresent() ? 1 : 0;
      }
    }
    return check(covered);
  }

  private static int check(int covered) {
    if (covered != KEYS) {
      throw new IllegalStateException(covered + " of " + KEYS + " references are covered");
    }
    return covered;
  }
}

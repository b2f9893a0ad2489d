package io.parsecbackup.job;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Duration;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * The progress of a running backup or job.
 *
 * @param objectsTotal and {@code bytesTotal}: found so far; they grow while the source is still
 *     being listed
 * @param bytesPerSecond since the phase began
 * @param secondsLeft of the phase, if it can be estimated
 */
@RegisterForReflection
@JsonInclude(Include.NON_ABSENT)
@Schema(
    description =
        "The progress of a running backup or job. phase: prepare, dump, recover, sync or publish"
            + " for a backup; prepare, files, objects, database or compare for a job. The totals are"
            + " those found so far; they grow while the bucket is being listed.")
public record ProgressReport(
    String phase,
    long objectsDone,
    long objectsTotal,
    long bytesDone,
    long bytesTotal,
    long bytesPerSecond,
    Optional<Long> secondsLeft) {

  /**
   * The counts of a phase.
   *
   * @param ofObjects and {@code ofBytes}: the totals, 0 if they are not known
   */
  public record Counts(long objects, long ofObjects, long bytes, long ofBytes) {

    /** Nothing is counted in this phase. */
    public static final Counts NONE = new Counts(0, 0, 0, 0);
  }

  /** The progress of a phase that began {@code elapsed} ago. */
  public static ProgressReport of(String phase, Counts counts, Duration elapsed) {
    long rate = counts.bytes() / Math.max(1, elapsed.toSeconds());
    long left = counts.ofBytes() - counts.bytes();
    return new ProgressReport(
        phase,
        counts.objects(),
        counts.ofObjects(),
        counts.bytes(),
        counts.ofBytes(),
        rate,
        rate > 0 && left >= 0 && counts.ofBytes() > 0
            ? Optional.of(left / rate)
            : Optional.empty());
  }
}

package io.parsecbackup.job;

import com.fasterxml.jackson.annotation.JsonValue;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Locale;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The state of a job while it runs, or how it ended. */
// The name that REST clients know.
@Schema(name = "BackupState")
@RegisterForReflection
public enum JobState {
  RUNNING,
  /** Done, and nothing is missing or damaged. A backup in this state is published. */
  COMPLETE,
  /** Done, but objects are missing or damaged. A backup in this state is published, too. */
  INCOMPLETE,
  /** Not done: an error ended it, or the service stopped. */
  FAILED,
  /** Not done: somebody cancelled it. */
  CANCELLED;

  /** How JSON and the command line write it. */
  @JsonValue
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether the job did all of its work. Only such a backup is published. */
  public boolean isDone() {
    return this == COMPLETE || this == INCOMPLETE;
  }
}

package io.parsecbackup.backup;

import com.fasterxml.jackson.annotation.JsonValue;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Locale;

/**
 * How far a backup has come. Only {@link #COMPLETE} and {@link #INCOMPLETE} ones are ever
 * published.
 */
@RegisterForReflection
public enum BackupState {
  RUNNING,
  /** Published, with all that it needs. */
  COMPLETE,
  /** Published, but some object is missing or could not be read. */
  INCOMPLETE,
  FAILED,
  CANCELLED;

  /** The word for it in JSON and on the command line. */
  @JsonValue
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  public boolean isPublished() {
    return this == COMPLETE || this == INCOMPLETE;
  }
}

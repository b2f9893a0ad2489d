package io.parsecbackup.job;

import com.fasterxml.jackson.annotation.JsonValue;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Locale;

/** What started a job. */
@RegisterForReflection
public enum Trigger {
  SCHEDULE,
  REST,
  CLI;

  /** How JSON and the command line write it. */
  @JsonValue
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}

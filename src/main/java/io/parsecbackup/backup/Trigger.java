package io.parsecbackup.backup;

import com.fasterxml.jackson.annotation.JsonValue;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Locale;

/** What started a run. */
@RegisterForReflection
public enum Trigger {
  SCHEDULE,
  REST,
  CLI;

  @JsonValue
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}

package io.parsecbackup.restore;

import com.fasterxml.jackson.annotation.JsonValue;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Locale;

/** The jobs that are no backups. */
@RegisterForReflection
public enum JobKind {
  VERIFY,
  DRILL,
  RESTORE,
  ADOPT;

  /** The word for it in JSON and on the command line. */
  @JsonValue
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}

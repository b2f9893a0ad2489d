package io.parsecbackup.api;

import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.api.access.ApiConfig;
import io.parsecbackup.api.problem.BadRequest;
import io.parsecbackup.restore.TargetText;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The targets that a REST restore may name. Any other reference would let a caller read this
 * server's files and variables, or send what is in them to a host of the caller's choice.
 */
@ApplicationScoped
public class RestoreTargets {

  private static final String KEY = "parsec.backup.api.restore-targets";

  private static final Pattern REFERENCE = Pattern.compile("env:[A-Za-z_][A-Za-z0-9_]*|@/.+");

  private final Set<String> allowed;

  public RestoreTargets(ApiConfig config) {
    this.allowed = new LinkedHashSet<>(words(config.restoreTargets().orElse("")));
  }

  private static List<String> words(String text) {
    return text.isBlank() ? List.of() : List.of(text.strip().split("\\s+"));
  }

  /**
   * Checks the form of what is configured; reads none of it.
   *
   * @throws Problem of kind CONFIGURATION when a word is no reference; it is not repeated, because
   *     it may be a target with its password
   */
  public void require() {
    int place = 0;
    for (String word : allowed) {
      place++;
      if (!REFERENCE.matcher(word).matches()) {
        throw new Problem(
            Kind.CONFIGURATION,
            KEY
                + ": word "
                + place
                + " is no reference. Write env:NAME or @/path/file for each target, separated by"
                + " white space");
      }
    }
  }

  /**
   * The target that a call's body names.
   *
   * @param field of the body
   * @throws BadRequest unless it is one of those that are configured; the answer is the same
   *     whatever is there
   */
  TargetText named(String field, String reference) {
    if (!allowed.contains(reference) || !REFERENCE.matcher(reference).matches()) {
      throw new BadRequest(
          field
              + " names a target that "
              + KEY
              + " does not list. Leave it out to restore into the configured stores, or have the"
              + " operator add its reference (env:NAME or @/path/file) to that setting");
    }
    return new TargetText(field, reference);
  }
}

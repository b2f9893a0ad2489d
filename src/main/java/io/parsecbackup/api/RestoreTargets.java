package io.parsecbackup.api;

import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.TargetText;
import io.parsecbackup.api.access.ApiConfig;
import io.parsecbackup.api.problem.BadRequest;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The targets that a REST restore may name. Any other reference would let a client read files and
 * variables of this server, or send them to a host of its choice.
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
   * Checks the syntax of the setting without resolving the references.
   *
   * @throws Problem of kind CONFIGURATION if a word is not a reference; the message does not repeat
   *     it, because it may contain a password
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
                + " is not a reference. Write env:NAME or @/path/file for each target, separated by"
                + " white space");
      }
    }
  }

  /**
   * The target that the body of a call names.
   *
   * @param field of the body
   * @throws BadRequest if it is not configured; the message does not depend on whether it exists
   */
  TargetText named(String field, String reference) {
    if (!allowed.contains(reference) || !REFERENCE.matcher(reference).matches()) {
      throw new BadRequest(
          field
              + " names a target that "
              + KEY
              + " does not list. Remove it to restore into the configured stores, or add the"
              + " reference (env:NAME or @/path/file) to that setting");
    }
    return new TargetText(field, reference);
  }
}

package io.parsecbackup.api;

import io.parsecbackup.api.access.Tokens;
import jakarta.enterprise.context.ApplicationScoped;

/** Checks the settings of the REST API when the service starts. No other command needs them. */
@ApplicationScoped
public class ApiStartCheck {

  private final Tokens tokens;
  private final RestoreTargets targets;

  public ApiStartCheck(Tokens tokens, RestoreTargets targets) {
    this.tokens = tokens;
    this.targets = targets;
  }

  /**
   * Checks all of them.
   *
   * @throws io.parsecbackup.Problem of kind CONFIGURATION that names the first invalid setting
   */
  public void run() {
    tokens.require();
    targets.require();
  }
}

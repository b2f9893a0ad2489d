package io.parsecbackup.restore;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What an operator has to do, and to know, once a backup is back. */
final class RestoreAdvice {

  private RestoreAdvice() {}

  /**
   * The steps, in their order.
   *
   * @param parsecMigration the newest one that the restored database has
   * @param kept the name under which the database that was there still is
   */
  static List<String> steps(Optional<Integer> parsecMigration, Optional<String> kept) {
    List<String> steps = new ArrayList<>();
    steps.add(
        parsecMigration
            .map(migration ->
                "The database has Parsec's migration "
                    + migration
                    + ". If the server is newer, run 'parsec migrate' before it starts; one that is"
                    + " older must not be started on it")
            .orElse("If the Parsec server is newer than the backup, run 'parsec migrate' first"));
    steps.add("Start the Parsec server, which has to be stopped while a restore goes on");
    steps.add(
        "Clients that synced after the backup's date may loop on version conflicts until their"
            + " local data is wiped");
    steps.add(
        "Not in any backup, and to be brought back from elsewhere: the server's environment"
            + " (administration token, PARSEC_FAKE_ACCOUNT_PASSWORD_ALGORITHM_SEED, server"
            + " address), TLS keys, templates, sequester private keys, OpenBao and CryptPad"
            + " servers, the bucket's policy and versioning, users' device and recovery keys;"
            + " PostgreSQL's roles and their passwords");
    kept.ifPresent(name ->
        steps.add(
            "The database that was there is kept as "
                + name
                + ". When it is not needed any more: DROP DATABASE \""
                + name.replace("\"", "\"\"")
                + "\";"));
    return List.copyOf(steps);
  }
}

package io.parsecbackup.restore;

import io.parsecbackup.postgres.CommitHorizon;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The steps for an operator after a restore. */
final class RestoreAdvice {

  private RestoreAdvice() {}

  /** The step after a restore of the objects of a backup without a dump. */
  static String otherTool(Optional<Instant> coveredUntil) {
    return "restore the database with the tool that backs it up"
        + coveredUntil
            .map(at -> ", to " + CommitHorizon.recoveryTarget(at) + " or earlier")
            .orElse("");
  }

  /**
   * The steps, in order.
   *
   * @param parsecMigration the newest migration of the restored database
   * @param kept the name of the replaced database, which still exists
   */
  static List<String> steps(Optional<Integer> parsecMigration, Optional<String> kept) {
    List<String> steps = new ArrayList<>();
    steps.add(
        parsecMigration
            .map(migration ->
                "The database has Parsec's migration "
                    + migration
                    + ". If the server is newer, run 'parsec migrate' before you start it. Do not"
                    + " start an older server on this database")
            .orElse("If the Parsec server is newer than the backup, run 'parsec migrate' first"));
    steps.add("Start the Parsec server, which must be stopped during a restore");
    steps.add(
        "Clients that synchronized after the backup's date may report version conflicts again and"
            + " again, until their local data is wiped");
    steps.add(
        "Restore these from elsewhere, because no backup contains them: the server's environment"
            + " (administration token, PARSEC_FAKE_ACCOUNT_PASSWORD_ALGORITHM_SEED, server"
            + " address), TLS keys, templates, sequester private keys, OpenBao and CryptPad"
            + " servers, the bucket's policy and versioning, users' device and recovery keys;"
            + " PostgreSQL's roles and their passwords");
    kept.ifPresent(name ->
        steps.add(
            "The old database is kept as "
                + name
                + ". When you no longer need it, run: DROP DATABASE \""
                + name.replace("\"", "\"\"")
                + "\";"));
    return List.copyOf(steps);
  }
}

package io.parsecbackup.dump;

import java.time.Instant;

/**
 * Facts of a snapshot of a database.
 *
 * @param snapshotAt the date of the data: by the server's clock, on a standby by its primary's;
 *     never later than the data
 */
public record SnapshotFacts(ServerFacts server, DatabaseFacts database, Instant snapshotAt) {}

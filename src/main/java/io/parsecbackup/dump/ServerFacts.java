package io.parsecbackup.dump;

import io.parsecbackup.parsec.ParsecTables;
import io.parsecbackup.postgres.Standby;
import io.parsecbackup.postgres.connection.Host;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Facts of a database and its server, read in its snapshot.
 *
 * @param version such as {@code 16.10}, without the packager's suffix
 * @param versionNum the server's {@code server_version_num}, such as 160010
 * @param encoding such as {@code UTF8}
 * @param collate the database's LC_COLLATE
 * @param systemIdentifier the cluster's, the same on its replicas; empty if the role may not read
 *     it
 * @param tables where Parsec's tables are; empty if the database does not have them
 * @param parsecMigration the newest {@code _id} of Parsec's table {@code migration}; empty if the
 *     table is missing or has no rows
 * @param databaseBytes the size on the server's disk, with indexes
 * @param snapshotAt by the server's clock, on a standby by its primary's; never later than the
 *     snapshot's data
 * @param standby the state of the replay, if the server is a standby
 * @param host the host of the URI that answered
 */
public record ServerFacts(
    String version,
    int versionNum,
    String database,
    String encoding,
    String collate,
    Optional<String> systemIdentifier,
    Optional<ParsecTables> tables,
    OptionalInt parsecMigration,
    long databaseBytes,
    Instant snapshotAt,
    Optional<Standby> standby,
    Host host) {}

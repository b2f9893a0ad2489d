package io.parsecbackup.dump;

import io.parsecbackup.parsec.ParsecTables;
import io.parsecbackup.postgres.Standby;
import io.parsecbackup.postgres.connection.Host;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a database says of itself in its snapshot.
 *
 * @param version such as {@code 16.10}, without the packager's part
 * @param versionNum the server's {@code server_version_num}, such as 160010
 * @param encoding such as {@code UTF8}
 * @param collate the database's LC_COLLATE
 * @param systemIdentifier of the cluster, the same on its replicas; empty where the role may not
 *     read it
 * @param tables where Parsec's tables are; empty where there are none
 * @param parsecMigration the newest {@code _id} of Parsec's table {@code migration}; empty where
 *     there is none
 * @param databaseBytes on the server's disk, with indexes
 * @param snapshotAt by the server's clock, of a standby by its primary's; never later than the
 *     snapshot's data
 * @param standby how far it has replayed, where it is one
 * @param host the one of the URI's hosts that answered
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

package io.parsecbackup.dump;

import io.parsecbackup.postgres.PgVersion;
import io.parsecbackup.postgres.Standby;
import io.parsecbackup.postgres.connection.Host;
import java.util.Optional;

/**
 * Facts of a database server.
 *
 * @param systemIdentifier the cluster's, the same on its replicas; empty if the role may not read
 *     it
 * @param standby the state of the replay, if the server is a standby
 * @param host the host of the URI that answered
 */
public record ServerFacts(
    PgVersion version, Optional<String> systemIdentifier, Optional<Standby> standby, Host host) {}

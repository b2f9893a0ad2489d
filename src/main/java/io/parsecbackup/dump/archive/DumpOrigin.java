package io.parsecbackup.dump.archive;

import io.parsecbackup.postgres.PgVersion;
import java.util.Optional;

/**
 * How a dump was made.
 *
 * @param server the version of the source server
 * @param pgDump the version of the pg_dump that made it
 * @param startedOn such as {@code 2026-11-22 02:00:00 CET}; only in a plain dump that was made with
 *     {@code --verbose}
 * @param usesRestrict whether pg_dump wrote a script that needs a psql that knows {@code \restrict}
 */
public record DumpOrigin(
    PgVersion server, PgVersion pgDump, Optional<String> startedOn, boolean usesRestrict) {}

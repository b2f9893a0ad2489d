package io.parsecbackup.dump.restore;

import java.util.Optional;

/**
 * The facts that a backup recorded about its source database.
 *
 * @param encoding such as {@code UTF8}
 * @param collate the database's LC_COLLATE
 * @param schema the schema of Parsec's tables
 */
public record RecordedDatabase(
    Optional<String> encoding, Optional<String> collate, Optional<String> schema) {}

package io.parsecbackup.dump;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A table with another number of rows than expected.
 *
 * @param table its name as pg_dump prints it, such as {@code public.block}
 * @param found empty if the table does not exist
 */
public record RowDifference(String table, long expected, OptionalLong found) {

  static RowDifference of(String table, long expected, @Nullable Long found) {
    return new RowDifference(
        table, expected, found == null ? OptionalLong.empty() : OptionalLong.of(found));
  }
}

package io.parsecbackup.dump;

import io.parsecbackup.Cancellation;
import io.parsecbackup.postgres.PgTools;
import io.parsecbackup.postgres.PgVersion;
import io.parsecbackup.repository.encryption.Encryption;
import io.parsecbackup.repository.encryption.ReadableFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongConsumer;

/** Where a new dump is written to. Closing removes it, unless {@link #keep}. */
sealed interface DumpTarget extends AutoCloseable permits DumpFile, DumpFolder {

  /** pg_dump's options for this target, besides those for the compression. */
  List<String> arguments();

  /**
   * Reads pg_dump's stdout to its end.
   *
   * @param progress receives the size of the dump so far
   * @throws IOException if reading fails
   * @throws io.parsecbackup.Problem if writing fails
   */
  void take(InputStream stdout, LongConsumer progress) throws IOException;

  /**
   * Copies a dump that was made by hand.
   *
   * @param encryption decrypts the files of a folder whose names say that they are encrypted
   * @param progress receives the number of bytes copied so far
   * @throws IOException if reading fails
   * @throws io.parsecbackup.Problem if writing fails, or a file of a folder cannot be used
   */
  void copy(ReadableFile handMade, Encryption encryption, LongConsumer progress) throws IOException;

  /** The dump, which this run can read without an identity until it is kept. */
  ReadableFile readable();

  /** Checks that the dump is complete, or throws a Problem. */
  void check(PgTools.Tools tools, Cancellation cancellation);

  /** The checked dump, on stable storage. */
  Dump keep(PgVersion pgDump, List<String> warnings, Cancellation cancellation);

  Path path();

  long bytes();

  @Override
  void close();
}

package io.parsecbackup.dump.archive;

import io.parsecbackup.Cancellation;
import io.parsecbackup.postgres.ChildProcess;
import io.parsecbackup.postgres.PgTools;
import io.parsecbackup.repository.encryption.DecryptionException;
import io.parsecbackup.repository.encryption.ReadableFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads an archive with pg_restore, without a database.
 *
 * @param found all of PostgreSQL's programs on this machine
 */
record ArchiveReader(ReadableFile archive, PgTools found, Cancellation cancellation) {

  /** In pg_restore's message for an archive of an unknown version. */
  private static final String TOO_NEW = "unsupported version (1.";

  /**
   * Checks that the programs here do not refuse the archive's version.
   *
   * @throws io.parsecbackup.Problem of kind DATABASE if there are no programs, or the archive is
   *     newer than they are
   */
  void requireKnownVersion() {
    ChildProcess.Finished<String> list;
    try {
      list = list(archive, found.newest(), cancellation);
    } catch (DecryptionException damaged) {
      // The next step reports the damage.
      return;
    } catch (IOException e) {
      throw DumpProblems.unreadable(archive, e);
    }
    if (list.exitCode() != 0 && list.stderr().contains(TOO_NEW)) {
      throw RestoreTools.tooOld("a newer pg_dump", Optional.empty(), found);
    }
  }

  /** Runs {@code pg_restore --list}, whatever its exit code. */
  static ChildProcess.Finished<String> list(
      ReadableFile archive, PgTools.Tools tools, Cancellation cancellation) throws IOException {
    try (ArchiveInput input = ArchiveInput.of(archive, cancellation)) {
      return pgRestore(
          input,
          tools,
          List.of("--list"),
          in -> new String(in.readAllBytes(), StandardCharsets.UTF_8),
          cancellation);
    }
  }

  /**
   * Runs pg_restore and reads its output. Of an encrypted archive only what pg_restore needs is
   * decrypted.
   *
   * @throws io.parsecbackup.Problem as {@link DumpReader#read}
   */
  <T> T read(PgTools.Tools tools, List<String> options, ChildProcess.StdoutReader<T> reader) {
    return read(ArchiveInput.of(archive, cancellation), tools, options, reader);
  }

  /**
   * As {@link #read}, and decrypts an encrypted archive to its end, which alone proves that nothing
   * was cut off.
   */
  <T> T readThrough(
      PgTools.Tools tools, List<String> options, ChildProcess.StdoutReader<T> reader) {
    return read(ArchiveInput.whole(archive, cancellation), tools, options, reader);
  }

  private <T> T read(
      ArchiveInput opened,
      PgTools.Tools tools,
      List<String> options,
      ChildProcess.StdoutReader<T> reader) {
    List<String> all = new ArrayList<>(List.of("--file=-"));
    all.addAll(options);
    try (ArchiveInput input = opened) {
      ChildProcess.Finished<T> finished = pgRestore(input, tools, all, reader, cancellation);
      if (finished.exitCode() != 0) {
        if (finished.stderr().contains(TOO_NEW)) {
          throw RestoreTools.tooOld("a newer pg_dump", Optional.empty(), found);
        }
        throw DumpProblems.damaged(
            archive,
            "pg_restore cannot read it: pg_restore "
                + options.getFirst()
                + " failed: "
                + finished.stderr());
      }
      return finished.output();
    } catch (IOException e) {
      throw DumpProblems.unreadable(archive, e);
    }
  }

  private static <T> ChildProcess.Finished<T> pgRestore(
      ArchiveInput input,
      PgTools.Tools tools,
      List<String> options,
      ChildProcess.StdoutReader<T> reader,
      Cancellation cancellation)
      throws IOException {
    cancellation.throwIfCancelled();
    List<String> argv = new ArrayList<>(List.of(tools.pgRestore().toString()));
    argv.addAll(options);
    argv.addAll(input.arguments());
    try (ChildProcess child = ChildProcess.start(argv, Map.of());
        Cancellation.Hook _ = cancellation.onCancel(child::cancel)) {
      input.start();
      ChildProcess.Finished<T> finished = child.finish(reader);
      cancellation.throwIfCancelled();
      input.await();
      return finished;
    }
  }
}

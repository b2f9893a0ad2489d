package io.parsecbackup.dump.restore;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.dump.archive.ArchiveInput;
import io.parsecbackup.dump.archive.CancellableInput;
import io.parsecbackup.dump.archive.DumpFacts;
import io.parsecbackup.dump.archive.DumpFormat;
import io.parsecbackup.dump.archive.DumpProblems;
import io.parsecbackup.postgres.ChildProcess;
import io.parsecbackup.postgres.NamedPipe;
import io.parsecbackup.postgres.PgTools;
import io.parsecbackup.postgres.connection.LibpqTarget;
import io.parsecbackup.repository.encryption.DecryptionException;
import io.parsecbackup.repository.encryption.ReadableFile;
import io.parsecbackup.repository.storage.Folders;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.function.LongConsumer;

/**
 * Restores a dump into a database in one transaction, or with several jobs, which cannot share one.
 * Either pg_restore does it, or psql runs the plain dump or the script that pg_restore makes from
 * an archive.
 *
 * @param throughPsql whether psql restores an archive too
 * @param serverMajor of the target server
 * @param forOlderServer whether the tools are of version 17 or later and the server is older
 * @param jobs how many connections fill at once
 */
record DumpFill(
    PgTools.Tools tools,
    ReadableFile dump,
    DumpFormat format,
    boolean throughPsql,
    int serverMajor,
    boolean forOlderServer,
    int jobs) {

  /**
   * The result.
   *
   * @param isAtomic whether either all of the dump is restored, or nothing. Otherwise a failure
   *     leaves a part of it, and the database has to be dropped
   */
  record Result(int exitCode, String stderr, String program, boolean isAtomic) {
    boolean succeeded() {
      return exitCode == 0;
    }
  }

  static DumpFill of(PgTools.Tools tools, DumpFacts facts, ReadableFile dump, int serverMajor) {
    int maker =
        switch (facts.format()) {
          case CUSTOM, DIRECTORY -> tools.major();
          case PLAIN -> facts.origin().pgDump().major();
        };
    boolean older =
        maker >= FillSession.TRANSACTION_TIMEOUT_SINCE
            && serverMajor < FillSession.TRANSACTION_TIMEOUT_SINCE;
    return new DumpFill(tools, dump, facts.format(), older, serverMajor, older, 1);
  }

  /** For tests of the way that newer tools take for an older server. */
  DumpFill throughPsqlAlways() {
    return new DumpFill(tools, dump, format, true, serverMajor, forOlderServer, 1);
  }

  /**
   * The same with several connections, for a database that is dropped after a failure. Remains with
   * one if psql restores the dump, which has one connection, or if the dump is one encrypted file:
   * its jobs would need it decrypted on a disk.
   */
  DumpFill withJobs(int most) {
    boolean possible =
        format.isArchive() && !throughPsql && (format.isFolder() || !dump.isEncrypted());
    return new DumpFill(
        tools,
        dump,
        format,
        throughPsql,
        serverMajor,
        forOlderServer,
        possible ? Math.max(1, most) : 1);
  }

  boolean isAtomic() {
    return jobs == 1;
  }

  /**
   * Fills.
   *
   * @param progress receives the bytes of the script read so far; for an archive only its size, at
   *     the end
   * @throws Problem of kind CANCELLED, or for a damaged dump; an error of the database is in the
   *     result
   */
  Result run(
      LibpqTarget target,
      RestoreExclusions exclusions,
      LongConsumer progress,
      Cancellation cancellation) {
    cancellation.throwIfCancelled();
    LibpqTarget into = target.withOptions(FillSession.options(serverMajor));
    try {
      if (format.isArchive() && !throughPsql) {
        Result result = pgRestore(into, exclusions, cancellation);
        progress.accept(bytes());
        return result;
      }
      return psql(into, exclusions, progress, cancellation);
    } catch (IOException e) {
      throw e instanceof DecryptionException
          ? DumpProblems.unreadable(dump, e)
          : new Problem(
              Problem.Kind.INTERNAL, "Restoring " + dump + " failed: " + e.getMessage(), e);
    }
  }

  private long bytes() throws IOException {
    return format.isFolder() ? Folders.bytes(dump.path()) : Files.size(dump.path());
  }

  private Result pgRestore(
      LibpqTarget into, RestoreExclusions exclusions, Cancellation cancellation)
      throws IOException {
    List<String> argv = new ArrayList<>(List.of(tools.pgRestore().toString()));
    argv.add(isAtomic() ? "--single-transaction" : "--jobs=" + jobs);
    argv.addAll(List.of("--exit-on-error", "--no-password"));
    argv.addAll(options(exclusions));
    argv.add("--dbname=" + into.uri());
    try (ArchiveInput input = ArchiveInput.of(dump, cancellation)) {
      argv.addAll(input.arguments());
      try (ChildProcess pgRestore = ChildProcess.start(argv, FillSession.environment(into));
          Cancellation.Hook _ = cancellation.onCancel(pgRestore::cancel)) {
        input.start();
        ChildProcess.Finished<Long> finished =
            pgRestore.finish(stdout -> stdout.transferTo(OutputStream.nullOutputStream()));
        cancellation.throwIfCancelled();
        input.await();
        return new Result(
            finished.exitCode(), finished.stderr(), "pg_restore " + tools.version(), isAtomic());
      }
    }
  }

  private static List<String> options(RestoreExclusions exclusions) {
    List<String> options = new ArrayList<>();
    if (exclusions.owners()) {
      options.addAll(List.of("--no-owner", "--no-privileges"));
    }
    if (exclusions.tablespaces()) {
      options.add("--no-tablespaces");
    }
    return options;
  }

  private Result psql(
      LibpqTarget into,
      RestoreExclusions exclusions,
      LongConsumer progress,
      Cancellation cancellation)
      throws IOException {
    try (NamedPipe pipe = NamedPipe.create(cancellation);
        ChildProcess psql =
            ChildProcess.start(
                List.of(
                    tools.psql().toString(),
                    "--no-psqlrc",
                    "--quiet",
                    "--no-password",
                    "--set=ON_ERROR_STOP=1",
                    "--file=" + pipe.path(),
                    "--dbname=" + into.uri()),
                FillSession.environment(into));
        Cancellation.Hook _ = cancellation.onCancel(psql::cancel)) {
      FutureTask<Boolean> script =
          pipe.feed("script for psql", out -> write(out, exclusions, progress, cancellation));
      ChildProcess.Finished<Long> finished =
          psql.finish(stdout -> stdout.transferTo(OutputStream.nullOutputStream()));
      Result result =
          new Result(finished.exitCode(), finished.stderr(), "psql " + tools.version(), true);
      try {
        pipe.await(script);
      } catch (IOException e) {
        cancellation.throwIfCancelled();
        if (result.succeeded()) {
          throw e;
        }
      }
      cancellation.throwIfCancelled();
      return result;
    }
  }

  /**
   * Writes BEGIN and COMMIT itself: with {@code --single-transaction} psql commits at any end of
   * the script, even if the program that writes it has died.
   */
  private void write(
      OutputStream out,
      RestoreExclusions exclusions,
      LongConsumer progress,
      Cancellation cancellation)
      throws IOException {
    ScriptFilter filter = new ScriptFilter(exclusions, forOlderServer);
    out.write("BEGIN;\n".getBytes(StandardCharsets.US_ASCII));
    switch (format) {
      case PLAIN -> {
        try (InputStream in = CancellableInput.of(dump, cancellation)) {
          filter.copy(in, out, progress);
        }
      }
      case CUSTOM, DIRECTORY -> convert(filter, out, exclusions, progress, cancellation);
    }
    cancellation.throwIfCancelled();
    out.write("\nCOMMIT;\n".getBytes(StandardCharsets.US_ASCII));
  }

  private void convert(
      ScriptFilter filter,
      OutputStream out,
      RestoreExclusions exclusions,
      LongConsumer progress,
      Cancellation cancellation)
      throws IOException {
    List<String> argv = new ArrayList<>(List.of(tools.pgRestore().toString(), "--file=-"));
    argv.addAll(options(exclusions));
    try (ArchiveInput input = ArchiveInput.of(dump, cancellation)) {
      argv.addAll(input.arguments());
      try (ChildProcess pgRestore = ChildProcess.start(argv, Map.of());
          Cancellation.Hook _ = cancellation.onCancel(pgRestore::cancel)) {
        input.start();
        ChildProcess.Finished<Boolean> finished =
            pgRestore.finish(stdout -> {
              filter.copy(stdout, out, progress);
              return true;
            });
        cancellation.throwIfCancelled();
        input.await();
        if (finished.exitCode() != 0) {
          throw DumpProblems.damaged(dump, "pg_restore failed: " + finished.stderr());
        }
      }
    }
  }
}

package io.parsecbackup.dump.archive;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.postgres.ChildProcess;
import io.parsecbackup.postgres.PgTools;
import io.parsecbackup.repository.storage.PlainFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whether a file is a whole dump, by its own marks. Cheap, for each run; whether it can be restored
 * is what a drill proves.
 */
public final class DumpCheck {

  private static final Pattern ENTRIES = Pattern.compile("(?m)^;\\s+TOC Entries: (\\d+)$");
  private static final Pattern FORMAT = Pattern.compile("(?m)^;\\s+Dump Version: 1\\.(\\d+)-\\d+$");
  private static final Pattern HAS_DATA = Pattern.compile("(?m)^\\d+; .* (TABLE DATA|BLOBS) ");

  /** Archive formats whose end we know, up to PostgreSQL 18's 1.16. */
  private static final int KNOWN_MINOR = 16;

  /**
   * In a custom archive the data follow the table of contents, one block after the other, and each
   * ends in the integer 0, written as a sign byte and four bytes ({@code _EndData} and {@code
   * WriteInt} in PostgreSQL's pg_backup_custom.c and pg_backup_archiver.c).
   */
  private static final byte[] ARCHIVE_END = new byte[5];

  /** pg_dump's last comment. A newer one puts an {@code \\unrestrict} line behind it. */
  private static final Pattern SCRIPT_END =
      Pattern.compile("(?m)^-- PostgreSQL database dump complete$");

  private DumpCheck() {}

  /**
   * Checks {@code file}.
   *
   * @throws Problem of kind DATABASE if it is no whole dump
   */
  public static void check(
      DumpFormat format, Path file, PgTools.Tools tools, Cancellation cancellation) {
    try {
      Optional<String> fault =
          switch (format) {
            case CUSTOM -> archiveFault(file, tools, cancellation);
            case PLAIN -> scriptFault(file);
          };
      if (fault.isPresent()) {
        throw noDump(tools, fault.get());
      }
    } catch (IOException e) {
      throw new Problem(
          Problem.Kind.INTERNAL, "Could not read back the dump " + file + ": " + e.getMessage(), e);
    }
  }

  /**
   * Sees to it that a script read back has pg_dump's last comment.
   *
   * @throws Problem of kind DATABASE if it has not
   */
  public static void requireEnd(Path script) {
    try {
      scriptFault(script)
          .ifPresent(fault -> {
            throw DumpReader.damaged(script, fault);
          });
    } catch (IOException e) {
      throw DumpReader.unreadable(script, e);
    }
  }

  /** Why a script is not whole; empty for one that is. */
  static Optional<String> scriptFault(Path file) throws IOException {
    String end = new String(tail(file, 1024), StandardCharsets.UTF_8);
    return SCRIPT_END.matcher(end).find()
        ? Optional.empty()
        : Optional.of("the script does not end in \"PostgreSQL database dump complete\"");
  }

  /** Why a custom archive is not whole; empty for one that is. */
  static Optional<String> archiveFault(Path file, PgTools.Tools tools, Cancellation cancellation)
      throws IOException {
    ChildProcess.Finished<String> list =
        ChildProcess.run(
            List.of(tools.pgRestore().toString(), "--list", file.toString()),
            Map.of(),
            cancellation);
    if (list.exitCode() != 0) {
      return Optional.of("pg_restore --list says: " + list.stderr());
    }
    Matcher entries = ENTRIES.matcher(list.output());
    if (!entries.find() || Long.parseLong(entries.group(1)) < 1) {
      return Optional.of("pg_restore --list shows no table of contents");
    }
    Matcher version = FORMAT.matcher(list.output());
    boolean known = version.find() && Integer.parseInt(version.group(1)) <= KNOWN_MINOR;
    if (known
        && HAS_DATA.matcher(list.output()).find()
        && !java.util.Arrays.equals(tail(file, ARCHIVE_END.length), ARCHIVE_END)) {
      return Optional.of("the archive breaks off before the end of its data");
    }
    return Optional.empty();
  }

  private static byte[] tail(Path file, int length) throws IOException {
    try (FileChannel channel = PlainFiles.openChannel(file, StandardOpenOption.READ)) {
      long from = Math.max(0, channel.size() - length);
      ByteBuffer buffer = ByteBuffer.allocate((int) (channel.size() - from));
      while (buffer.hasRemaining() && channel.read(buffer, from + buffer.position()) >= 0) {}
      return buffer.array();
    }
  }

  private static Problem noDump(PgTools.Tools tools, String why) {
    return new Problem(
        Problem.Kind.DATABASE,
        tools.pgDump()
            + " reported success, but what it wrote is no whole dump: "
            + why
            + ". Nothing of it was kept. Is another program in its place?");
  }
}

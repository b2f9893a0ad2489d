package io.parsecbackup.dump.archive;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.postgres.ChildProcess;
import io.parsecbackup.postgres.PgTools;
import io.parsecbackup.repository.encryption.ReadableFile;
import io.parsecbackup.repository.storage.PlainFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Checks cheaply whether a dump is complete, by its table of contents and its end. Only a drill
 * proves that it can be restored.
 */
public final class DumpCheck {

  private static final Pattern ENTRIES = Pattern.compile("(?m)^;\\s+TOC Entries: (\\d+)$");
  private static final Pattern FORMAT = Pattern.compile("(?m)^;\\s+Dump Version: 1\\.(\\d+)-\\d+$");
  private static final Pattern HAS_DATA = Pattern.compile("(?m)^\\d+; .* (TABLE DATA|BLOBS) ");

  /** The first number names the file of the rows, in a dump that is a folder. */
  private static final Pattern TABLE_DATA =
      Pattern.compile("(?m)^(\\d+); \\d+ \\d+ TABLE DATA (\\S+ \\S+) ");

  /** The newest archive format with a known end: 1.16 of PostgreSQL 18. */
  private static final int KNOWN_MINOR = 16;

  /**
   * In a custom archive the data blocks follow the table of contents, and each ends in the integer
   * 0, written as a sign byte and four bytes ({@code _EndData} and {@code WriteInt} in PostgreSQL's
   * pg_backup_custom.c and pg_backup_archiver.c).
   */
  private static final byte[] ARCHIVE_END = new byte[5];

  /** pg_dump's last comment. Newer versions write an {@code \\unrestrict} line after it. */
  private static final Pattern SCRIPT_END =
      Pattern.compile("(?m)^-- PostgreSQL database dump complete$");

  /** How many bytes at the end of a dump show whether it is complete. */
  public static final int END = 1024;

  private DumpCheck() {}

  /**
   * Checks a dump that was just written.
   *
   * @param end its last {@value #END} bytes before encryption, or all of them; none of a folder
   * @throws Problem of kind DATABASE if it is not a complete dump
   */
  public static void check(
      DumpFormat format,
      ReadableFile file,
      byte[] end,
      PgTools.Tools tools,
      Cancellation cancellation) {
    try {
      Optional<String> fault =
          switch (format) {
            case CUSTOM -> archiveFault(file, end, tools, cancellation);
            case DIRECTORY -> folderFault(file, tools, cancellation);
            case PLAIN -> scriptFault(end);
          };
      if (fault.isPresent()) {
        throw notADump(tools, fault.get());
      }
    } catch (IOException e) {
      throw new Problem(
          Problem.Kind.INTERNAL, "Could not read back the dump " + file + ": " + e.getMessage(), e);
    }
  }

  /**
   * Checks that the end of a script is pg_dump's last comment.
   *
   * @param end its last {@value #END} bytes before encryption, or all of them
   * @throws Problem of kind DATABASE if it is not
   */
  static void requireEnd(ReadableFile script, byte[] end) {
    scriptFault(end)
        .ifPresent(fault -> {
          throw DumpProblems.damaged(script, fault);
        });
  }

  /** Why a script is incomplete; empty if it is complete. */
  static Optional<String> scriptFault(byte[] end) {
    return SCRIPT_END.matcher(new String(end, StandardCharsets.UTF_8)).find()
        ? Optional.empty()
        : Optional.of("the script does not end in \"PostgreSQL database dump complete\"");
  }

  /** Why a custom archive is incomplete; empty if it is complete. */
  static Optional<String> archiveFault(
      ReadableFile file, byte[] end, PgTools.Tools tools, Cancellation cancellation)
      throws IOException {
    ChildProcess.Finished<String> list = ArchiveReader.list(file, tools, cancellation);
    Optional<String> fault = contentsFault(list);
    if (fault.isPresent()) {
      return fault;
    }
    Matcher version = FORMAT.matcher(list.output());
    boolean known = version.find() && Integer.parseInt(version.group(1)) <= KNOWN_MINOR;
    if (known && HAS_DATA.matcher(list.output()).find() && !endsWith(end, ARCHIVE_END)) {
      return Optional.of("the archive ends before the end of its data");
    }
    return Optional.empty();
  }

  /**
   * Checks that a folder has a file with the rows of each table.
   *
   * @throws Problem of kind DATABASE that names a file that is missing or empty
   */
  static void requireFiles(ReadableFile folder, PgTools.Tools tools, Cancellation cancellation) {
    try {
      folderFault(folder, tools, cancellation)
          .ifPresent(fault -> {
            throw DumpProblems.damaged(folder, fault);
          });
    } catch (IOException e) {
      throw DumpProblems.unreadable(folder, e);
    }
  }

  /** Why a folder is incomplete; empty if it has a file with the rows of each table. */
  static Optional<String> folderFault(
      ReadableFile folder, PgTools.Tools tools, Cancellation cancellation) throws IOException {
    ChildProcess.Finished<String> list = ArchiveReader.list(folder, tools, cancellation);
    Optional<String> fault = contentsFault(list);
    if (fault.isPresent()) {
      return fault;
    }
    Set<String> filled = new HashSet<>();
    for (Map.Entry<String, Path> file : files(folder).entrySet()) {
      // An encrypted file is never empty; pg_restore reads its content later.
      if (Files.size(file.getValue()) > 0) {
        filled.add(file.getKey().replaceFirst("(\\.dat)\\..*", "$1"));
      }
    }
    return TABLE_DATA
        .matcher(list.output())
        .results()
        .filter(table -> !filled.contains(table.group(1) + ".dat"))
        .findFirst()
        .map(table ->
            "the file %s.dat of the table %s is missing or empty"
                .formatted(table.group(1), table.group(2)));
  }

  private static Map<String, Path> files(ReadableFile folder) throws IOException {
    Map<String, Path> files = new HashMap<>();
    folder.files().forEach((name, file) -> files.put(name, file.path()));
    if (files.isEmpty()) {
      try (DirectoryStream<Path> found = Files.newDirectoryStream(folder.path())) {
        found.forEach(file -> files.put(String.valueOf(file.getFileName()), file));
      }
    }
    return files;
  }

  private static Optional<String> contentsFault(ChildProcess.Finished<String> list) {
    if (list.exitCode() != 0) {
      return Optional.of("pg_restore --list failed: " + list.stderr());
    }
    Matcher entries = ENTRIES.matcher(list.output());
    return !entries.find() || Long.parseLong(entries.group(1)) < 1
        ? Optional.of("pg_restore --list shows no table of contents")
        : Optional.empty();
  }

  private static boolean endsWith(byte[] bytes, byte[] end) {
    return bytes.length >= end.length
        && Arrays.equals(bytes, bytes.length - end.length, bytes.length, end, 0, end.length);
  }

  /** The last bytes of a file. */
  static byte[] end(Path file) throws IOException {
    try (FileChannel channel = PlainFiles.openChannel(file, StandardOpenOption.READ)) {
      long from = Math.max(0, channel.size() - END);
      ByteBuffer buffer = ByteBuffer.allocate((int) (channel.size() - from));
      while (buffer.hasRemaining() && channel.read(buffer, from + buffer.position()) >= 0) {}
      return buffer.array();
    }
  }

  private static Problem notADump(PgTools.Tools tools, String why) {
    return new Problem(
        Problem.Kind.DATABASE,
        tools.pgDump()
            + " reported success, but its output is not a complete dump: "
            + why
            + ". It was removed; check that no other program is installed in place of pg_dump.");
  }
}

package io.parsecbackup.dump.archive;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.postgres.PgTools;
import io.parsecbackup.postgres.PgVersion;
import io.parsecbackup.repository.encryption.EncryptedNames;
import io.parsecbackup.repository.encryption.ReadableFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Reads the facts of a dump, without its rows. {@link DumpProof} checks that it is complete. */
public final class DumpReader {

  private static final Pattern SERVER =
      Pattern.compile("(?m)^;\\s+Dumped from database version: (\\d\\S*)");
  private static final Pattern PG_DUMP =
      Pattern.compile("(?m)^;\\s+Dumped by pg_dump version: (\\d\\S*)");
  private static final Pattern TABLE_DATA =
      Pattern.compile("(?m)^\\d+; \\d+ \\d+ TABLE DATA (.*)$");

  /** In a folder: the table of contents. */
  private static final String CONTENTS = "toc.dat";

  private static final Pattern SCRIPT = Pattern.compile("(?md)^-- PostgreSQL database dump$");
  private static final Pattern CLUSTER = Pattern.compile("(?m)^-- PostgreSQL database cluster");

  /** First bytes, as ISO 8859-1, of formats that often contain a dump. */
  private static final Map<String, String> WRAPPERS =
      Map.of(
          "\u001f\u008b", "it is compressed by gzip: unpack it first",
          "(\u00b5/\u00fd", "it is compressed by zstd: unpack it first",
          "\u00fd7zXZ", "it is compressed by xz: unpack it first",
          "BZh", "it is compressed by bzip2: unpack it first",
          "age-encryption.org",
              "it is encrypted by age: add .age to its name, so that it is decrypted");

  private DumpReader() {}

  /**
   * The format of a file, by its first bytes.
   *
   * @throws Problem of kind NOT_FOUND if there is no file, or DATABASE if it is not a dump in a
   *     format that can be used here
   */
  public static DumpFormat format(ReadableFile file) {
    if (Files.isDirectory(file.path())) {
      if (Files.exists(head(file))) {
        return DumpFormat.DIRECTORY;
      }
      throw notADump(file, "it is a folder without a file toc.dat");
    }
    String head = start(file);
    if (head.startsWith(ArchiveHeader.MAGIC)) {
      return DumpFormat.CUSTOM;
    }
    if (SCRIPT.matcher(head).find() && !CLUSTER.matcher(head).find()) {
      return DumpFormat.PLAIN;
    }
    throw notADump(file, reason(head));
  }

  private static String reason(String head) {
    if (head.isEmpty()) {
      return "it is empty";
    }
    if (head.startsWith("ustar", 257)) {
      return "it is a tar file, such as pg_dump's format 'tar'";
    }
    if (CLUSTER.matcher(head).find()) {
      return "it is from pg_dumpall and contains a whole cluster: dump only Parsec's database";
    }
    if (head.contains("-- PostgreSQL database dump\r\n")) {
      return "its lines end in CR LF, as after a transfer in text mode: use the original file";
    }
    return WRAPPERS.entrySet().stream()
        .filter(wrapper -> head.startsWith(wrapper.getKey()))
        .findFirst()
        .map(Map.Entry::getValue)
        .orElse("it does not begin like a dump");
  }

  /** The file with the dump's head: itself, or the table of contents of a folder. */
  public static Path head(ReadableFile dump) {
    if (!Files.isDirectory(dump.path())) {
      return dump.path();
    }
    Path plain = dump.path().resolve(CONTENTS);
    return Files.exists(plain) ? plain : dump.path().resolve(CONTENTS + EncryptedNames.SUFFIX);
  }

  private static String start(ReadableFile readable) {
    Path file = readable.path();
    if (!Files.exists(file)) {
      throw new Problem(Problem.Kind.NOT_FOUND, "there is no file " + file + ": name the dump");
    }
    if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
      throw notADump(readable, "it is not a file that this program may read");
    }
    try (InputStream in = readable.open()) {
      return new String(in.readNBytes(4096), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw DumpProblems.unreadable(readable, e);
    }
  }

  private static Problem notADump(ReadableFile file, String why) {
    return new Problem(
        Problem.Kind.DATABASE,
        file
            + " is not a dump that pg_dump wrote with --format=custom, --format=directory or"
            + " --format=plain: "
            + why
            + ".");
  }

  /**
   * Reads the facts.
   *
   * @throws Problem of kind DATABASE if the file is damaged, not a dump of that format, or made by
   *     a pg_dump that is newer than every pg_restore here
   */
  public static DumpFacts read(
      ReadableFile file, DumpFormat format, PgTools found, Cancellation cancellation) {
    return switch (format) {
      case CUSTOM, DIRECTORY -> archive(file, format, found, cancellation);
      case PLAIN -> plain(file, cancellation);
    };
  }

  private static DumpFacts plain(ReadableFile file, Cancellation cancellation) {
    try (InputStream in = CancellableInput.of(file, cancellation)) {
      ScriptFacts script = ScriptFacts.read(in);
      if (script.isTruncated()) {
        throw DumpProblems.damaged(file, "it ends before its \\unrestrict");
      }
      if (script.dumps() > 1) {
        throw DumpProblems.damaged(
            file, "it contains the dumps of " + script.dumps() + " databases");
      }
      return script
          .plain()
          .orElseThrow(
              () -> DumpProblems.damaged(file, "it does not contain the versions that made it"));
    } catch (IOException e) {
      throw DumpProblems.unreadable(file, e);
    }
  }

  private static DumpFacts archive(
      ReadableFile file, DumpFormat format, PgTools found, Cancellation cancellation) {
    PgTools.Tools newest = found.newest();
    ArchiveReader archive = new ArchiveReader(file, found, cancellation);
    String list = archive.read(newest, List.of("--list"), DumpReader::text);
    Matcher server = SERVER.matcher(list);
    Matcher pgDump = PG_DUMP.matcher(list);
    if (!server.find() || !pgDump.find()) {
      throw DumpProblems.damaged(
          file, "pg_restore --list does not print the versions that made it");
    }
    ScriptFacts script = archive.read(newest, List.of("--schema-only"), ScriptFacts::read);
    Set<String> tables =
        TABLE_DATA.matcher(list).results().map(r -> r.group(1)).collect(Collectors.toSet());
    return new DumpFacts(
        format,
        new DumpOrigin(
            PgVersion.of(server.group(1)),
            PgVersion.of(pgDump.group(1)),
            Optional.empty(),
            // pg_restore writes the script, and so decides about \restrict.
            false),
        script.owners(),
        tables,
        script.encoding(),
        script.requirements());
  }

  private static String text(InputStream in) throws IOException {
    return new String(in.readAllBytes(), StandardCharsets.UTF_8);
  }
}

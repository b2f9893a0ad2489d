package io.parsecbackup.dump.archive;

import io.parsecbackup.repository.encryption.ReadableFile;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.util.Optional;
import java.util.Set;

/**
 * The header of a custom archive, or of toc.dat in a folder, as {@code WriteHead} in PostgreSQL's
 * pg_backup_archiver.c writes it since 8.0 (versions 1.10 to 1.16). {@code pg_restore --list}
 * prints the date in its own time zone, so the header is read here.
 *
 * @param createdAt by the clock and in the time zone of the machine where pg_dump ran; the archive
 *     does not contain that zone
 * @param database the database's name
 */
public record ArchiveHeader(LocalDateTime createdAt, String database) {

  static final String MAGIC = "PGDMP";

  /** {@code archCustom} and {@code archTar} in pg_backup.h; toc.dat of a folder has the latter. */
  private static final Set<Integer> FORMATS = Set.of(1, 3);

  private static final int LONGEST_NAME = 1024;

  /** Empty if it is not an archive, or of an unknown version. */
  public static Optional<ArchiveHeader> read(ReadableFile archive) throws IOException {
    try (DataInputStream in = new DataInputStream(new BufferedInputStream(archive.open()))) {
      in.readNBytes(MAGIC.length());
      int major = in.readUnsignedByte();
      int minor = in.readUnsignedByte();
      in.readUnsignedByte();
      int intSize = in.readUnsignedByte();
      in.readUnsignedByte();
      if (major != 1 || minor < 10 || minor > 16 || !FORMATS.contains(in.readUnsignedByte())) {
        return Optional.empty();
      }
      // The compression is a byte since 1.15.
      if (minor >= 15) {
        in.readUnsignedByte();
      } else {
        readInt(in, intSize);
      }
      int second = readInt(in, intSize);
      int minute = readInt(in, intSize);
      int hour = readInt(in, intSize);
      int day = readInt(in, intSize);
      int month = readInt(in, intSize) + 1;
      int year = readInt(in, intSize) + 1900;
      readInt(in, intSize);
      // C's struct tm allows a leap second.
      LocalDateTime created =
          LocalDateTime.of(year, month, day, hour, minute, Math.min(second, 59));
      int length = readInt(in, intSize);
      if (length < 0 || length > LONGEST_NAME) {
        return Optional.empty();
      }
      return Optional.of(
          new ArchiveHeader(created, new String(in.readNBytes(length), StandardCharsets.UTF_8)));
    } catch (EOFException | DateTimeException e) {
      return Optional.empty();
    }
  }

  /** A sign byte, then the bytes of the absolute value in little-endian order. */
  private static int readInt(DataInputStream in, int size) throws IOException {
    boolean negative = in.readUnsignedByte() != 0;
    int value = 0;
    for (int i = 0; i < size; i++) {
      int part = in.readUnsignedByte();
      value |= i < Integer.BYTES ? part << (8 * i) : 0;
    }
    return negative ? -value : value;
  }
}

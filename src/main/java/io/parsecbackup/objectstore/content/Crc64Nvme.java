package io.parsecbackup.objectstore.content;

import java.util.zip.Checksum;

/**
 * CRC-64/NVME, the checksum that AWS's newer SDKs add to uploads (NVM Command Set Specification,
 * section 5.2.1.3.4: reflected, polynomial AD93D23594C93659).
 */
final class Crc64Nvme implements Checksum {

  private static final long REFLECTED_POLYNOMIAL = 0x9A6C9329AC4BC9B5L;
  private static final long[] TABLE = table();

  private long state = -1;

  private static long[] table() {
    long[] table = new long[256];
    for (int value = 0; value < table.length; value++) {
      long entry = value;
      for (int bit = 0; bit < Byte.SIZE; bit++) {
        entry = (entry >>> 1) ^ ((entry & 1) == 0 ? 0 : REFLECTED_POLYNOMIAL);
      }
      table[value] = entry;
    }
    return table;
  }

  @Override
  public void update(int value) {
    state = TABLE[(int) (state ^ value) & 0xff] ^ (state >>> Byte.SIZE);
  }

  @Override
  public void update(byte[] bytes, int offset, int length) {
    for (int at = offset; at < offset + length; at++) {
      update(bytes[at]);
    }
  }

  @Override
  public long getValue() {
    return ~state;
  }

  @Override
  public void reset() {
    state = -1;
  }
}

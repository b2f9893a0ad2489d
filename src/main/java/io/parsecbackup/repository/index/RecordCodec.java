package io.parsecbackup.repository.index;

/**
 * How records of one kind are written as lines of text. A line begins with the record's key as
 * {@link FieldText#escape} writes it and a tab, so lines can be compared without parsing them.
 */
public interface RecordCodec<T> {

  /** The key by which records are sorted, in {@link KeyOrder}. */
  String key(T record);

  /** The record as one line, without its line feed. */
  String format(T record);

  /**
   * The record in a line, which is the UTF-8 text in {@code bytes} from {@code start} up to, but
   * not including, {@code end}.
   *
   * @throws IllegalArgumentException when {@link #format} did not write this line
   */
  T parse(byte[] bytes, int start, int end);

  /** Whether this line is a file's first line, which names the format and holds no record. */
  default boolean isHeader(byte[] bytes, int start, int end) {
    return false;
  }
}

package io.parsecbackup.repository.index;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A codec for scratch files: a line is the key and a fixed number of further columns, separated by
 * tabs and escaped as {@link FieldText} does.
 *
 * @param key the record's key
 * @param columns how many columns follow the key
 * @param write the columns after the key
 * @param read makes the record from all columns, the key first; throws {@link
 *     IllegalArgumentException} when a value is invalid
 */
public record ColumnCodec<T>(
    Function<T, String> key,
    int columns,
    Function<T, List<String>> write,
    Function<List<String>, T> read)
    implements RecordCodec<T> {

  /** Keys alone, each of them a record. */
  public static final RecordCodec<String> KEYS =
      new ColumnCodec<>(Function.identity(), 0, key -> List.of(), List::getFirst);

  @Override
  public String key(T record) {
    return key.apply(record);
  }

  @Override
  public String format(T record) {
    StringBuilder line = new StringBuilder(FieldText.escape(key(record))).append('\t');
    List<String> values = write.apply(record);
    for (int i = 0; i < values.size(); i++) {
      line.append(i == 0 ? "" : "\t").append(FieldText.escape(values.get(i)));
    }
    return line.toString();
  }

  @Override
  public T parse(byte[] bytes, int start, int end) {
    String line = new String(bytes, start, end - start, StandardCharsets.UTF_8);
    List<String> values = Stream.of(line.split("\t", -1)).map(FieldText::unescape).toList();
    // A key alone still has its tab.
    if (values.size() != 1 + Math.max(1, columns)) {
      throw new IllegalArgumentException("not a record of " + columns + " columns: " + line);
    }
    return read.apply(values);
  }
}

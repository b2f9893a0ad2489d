package io.parsecbackup.repository.index;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.parsecbackup.Cancellation;
import io.parsecbackup.repository.storage.Storage;
import io.parsecbackup.repository.storage.StoredFile;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which requests find out whether a server has what was written to it. */
class WrittenFilesTest {

  private static final Instant DATE = Instant.parse("2026-11-22T02:00:00Z");

  @TempDir Path folder;

  /** By the first argument of the call: a name, or the prefix of a listing. */
  private final Map<String, Integer> requests = new TreeMap<>();

  @Test
  void listsAllObjectsOnlyIfThatCostsLess() throws IOException {
    look(5_000, 1_000_000);
    assertEquals(Map.of("find", 5_000), requests);
    look(6_000, 10_000);
    assertEquals(Map.of("list index/", 1, "list objects/", 1), requests);
    look(6_000, 1_000_000);
    assertEquals(Map.of("find", 6_000, "list index/", 1), requests);
    look(15_000, 1_000_000);
    assertEquals(Map.of("list index/", 1, "list objects/", 1), requests);
  }

  private void look(int written, long indexed) throws IOException {
    requests.clear();
    List<IndexRecord> records =
        IntStream.range(0, written)
            .mapToObj(
                i -> new IndexRecord("key-%07d".formatted(i), 1, "0".repeat(64), "", DATE, true))
            .toList();
    Path file = folder.resolve("records");
    Files.write(file, records.stream().map(IndexCodec.INSTANCE::format).toList());
    try (RecordStream<IndexRecord> stream =
        RecordStream.merge(IndexCodec.INSTANCE, List.of(file))) {
      Segment segment = Segment.write(stream, folder.resolve("segment"));
      new WrittenFiles(server(records, indexed)).requireObjects(segment, new Cancellation());
    }
    Files.delete(folder.resolve("segment"));
  }

  private Storage server(List<IndexRecord> records, long indexed) {
    return (Storage)
        Proxy.newProxyInstance(
            Storage.class.getClassLoader(),
            new Class<?>[] {Storage.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "isRemote" -> true;
                  case "find" -> {
                    count("find");
                    yield Optional.of(stored(arguments[0].toString(), 1));
                  }
                  case "list" -> {
                    count("list " + arguments[0]);
                    yield arguments[0].equals("index/")
                        ? List.of(stored("index/20261122T020000Z.tsv", 200 * indexed)).iterator()
                        : records.stream().map(one -> stored("objects/" + one.key(), 1)).iterator();
                  }
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }

  private synchronized void count(String request) {
    requests.merge(request, 1, Integer::sum);
  }

  private static StoredFile stored(String name, long size) {
    return new StoredFile(name, size, DATE, "");
  }
}

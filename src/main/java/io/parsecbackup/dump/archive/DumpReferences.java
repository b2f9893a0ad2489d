package io.parsecbackup.dump.archive;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.parsecbackup.Cancellation;
import io.parsecbackup.parsec.BlockReferences;
import io.parsecbackup.repository.encryption.ReadableFile;
import io.parsecbackup.repository.index.ColumnCodec;
import io.parsecbackup.repository.index.RecordSorter;
import io.parsecbackup.repository.index.RecordStream;
import io.parsecbackup.repository.storage.PrivateFiles;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The objects that a dump refers to, read from the dump's own rows, because the database no longer
 * has the state of that time.
 *
 * @param proof reads the dump
 * @param facts the dump's facts
 * @param schema the schema of Parsec's tables
 */
public record DumpReferences(
    DumpProof proof, DumpFacts facts, ReadableFile dump, String schema, Cancellation cancellation) {

  private static final Pattern SIZE = Pattern.compile("[0-9]{1,18}");
  private static final int BUFFER = 1 << 16;

  /**
   * Writes the list, in the form of {@link BlockReferences#copy}.
   *
   * @param target a file that does not exist yet; only its owner may read it
   * @param scratch a folder for sorting
   * @return the number of objects; empty, without a file, if the dump has no Parsec tables in
   *     pg_dump's default form
   * @throws io.parsecbackup.Problem of kind DATABASE if the dump is damaged; CANCELLED
   * @throws UncheckedIOException if the disk for the list fails, unlike a failure to read the dump
   */
  public Optional<BlockReferences.Count> write(Path target, Path scratch) {
    if (!facts.encoding().orElse("UTF8").equals("UTF8")) {
      return Optional.empty();
    }
    Map<String, String> organizations = new HashMap<>();
    Map<String, String> organizationOfRealm = new HashMap<>();
    Set<String> owners =
        read(
            Map.of(
                name("organization"),
                table(row -> organizations.put(row.get(0), row.get(1)), "_id", "organization_id"),
                name("realm"),
                table(
                    row -> organizationOfRealm.put(row.get(0), row.get(1)),
                    "_id",
                    "organization")));
    // No name in Parsec needs an escape of COPY.
    if (owners.size() < 2 || organizations.values().stream().anyMatch(id -> id.contains("\\"))) {
      return Optional.empty();
    }
    RecordSorter<String> lines = new RecordSorter<>(ColumnCodec.KEYS, scratch, "references");
    CopyRows.Row block =
        row -> {
          String organization = organizations.get(organizationOfRealm.getOrDefault(row.get(1), ""));
          // A block without an organization violates a foreign key: such a dump cannot be restored.
          if (organization != null) {
            if (!SIZE.matcher(row.get(2)).matches()) {
              throw DumpProblems.damaged(dump, "a row of " + name("block") + " has no size");
            }
            add(organization + "/" + row.get(0) + "\t" + row.get(2), lines);
          }
        };
    Set<String> blocks = read(Map.of(name("block"), table(block, "block_id", "realm", "size")));
    try {
      return blocks.isEmpty() ? Optional.empty() : Optional.of(write(lines, target));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String name(String table) {
    return DumpSchema.table(schema, table);
  }

  private static CopyRows.Table table(CopyRows.Row row, String... columns) {
    return new CopyRows.Table(List.of(columns), row);
  }

  private Set<String> read(Map<String, CopyRows.Table> tables) {
    Stream<String> options =
        tables.keySet().stream()
            .map(name -> "--table=" + name.substring(name.lastIndexOf('.') + 1));
    return proof.script(
        facts,
        dump,
        Stream.concat(Stream.of("--data-only", "--schema=" + schema), options).toList(),
        in -> CopyRows.read(in, tables),
        cancellation);
  }

  /** The sorter's key is the whole line, so a key with several sizes keeps all of them. */
  private static void add(String line, RecordSorter<String> lines) {
    try {
      lines.add(line);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static BlockReferences.Count write(RecordSorter<String> lines, Path target)
      throws IOException {
    long objects = 0;
    long bytes = 0;
    long collisions = 0;
    String lastKey = "";
    long lastSize = 0;
    try (RecordStream<String> sorted = lines.sorted();
        OutputStream out =
            new BufferedOutputStream(
                Channels.newOutputStream(PrivateFiles.create(target)), BUFFER)) {
      while (sorted.hasNext()) {
        String line = sorted.next();
        out.write((line + "\n").getBytes(UTF_8));
        int tab = line.indexOf('\t');
        String key = line.substring(0, tab);
        long size = Long.parseLong(line, tab + 1, line.length(), 10);
        boolean another = !key.equals(lastKey);
        objects += another ? 1 : 0;
        collisions += another ? 0 : 1;
        // The largest, if an object has several sizes.
        long counted = another ? 0 : lastSize;
        lastSize = Math.max(counted, size);
        bytes += lastSize - counted;
        lastKey = key;
      }
    }
    return new BlockReferences.Count(objects, bytes, collisions);
  }
}

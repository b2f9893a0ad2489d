package io.parsecbackup.dump.archive;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.parsecbackup.Cancellation;
import io.parsecbackup.dump.ReferenceDump;
import io.parsecbackup.parsec.BlockReferences;
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
 * The objects that a dump refers to, read from its own rows: what {@link ReferenceDump} asks the
 * database for, where there is none of that instant any more.
 *
 * @param proof reads the dump
 * @param facts what the dump says of itself
 * @param schema the one that Parsec's tables are in
 */
public record DumpReferences(
    DumpProof proof, DumpFacts facts, Path dump, String schema, Cancellation cancellation) {

  private static final Pattern SIZE = Pattern.compile("[0-9]{1,18}");
  private static final int BUFFER = 1 << 16;

  /**
   * Writes the list, in the form of {@link BlockReferences#copy}.
   *
   * @param target a file that is not there yet; only its owner may read it
   * @param scratch a folder for what is sorted
   * @return how many there are; empty, and no file, where the dump does not tell: its tables are
   *     none of Parsec's, or not in the form that pg_dump gives them by default
   * @throws io.parsecbackup.Problem of kind DATABASE when the dump is damaged, CANCELLED
   * @throws UncheckedIOException when the disk to which it is written fails: to be told from one
   *     that the dump cannot be read from
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
    // No name of Parsec's needs one of COPY's escapes.
    if (owners.size() < 2 || organizations.values().stream().anyMatch(id -> id.contains("\\"))) {
      return Optional.empty();
    }
    RecordSorter<String> lines = new RecordSorter<>(ColumnCodec.KEYS, scratch, "references");
    CopyRows.Row block =
        row -> {
          String organization = organizations.get(organizationOfRealm.getOrDefault(row.get(1), ""));
          // A block without them violates its keys: such a dump restores nowhere.
          if (organization != null) {
            if (!SIZE.matcher(row.get(2)).matches()) {
              throw DumpReader.damaged(dump, "a row of " + name("block") + " has no size");
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
        // Of several sizes of one object the largest.
        long counted = another ? 0 : lastSize;
        lastSize = Math.max(counted, size);
        bytes += lastSize - counted;
        lastKey = key;
      }
    }
    return new BlockReferences.Count(objects, bytes, collisions);
  }
}

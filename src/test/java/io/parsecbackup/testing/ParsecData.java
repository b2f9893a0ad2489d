package io.parsecbackup.testing;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.postgresql.PGConnection;

/**
 * What a Parsec server would have stored: rows in the database, encrypted blocks in the bucket. The
 * same specification gives the same keys and bytes each time. As in the server, a block's object is
 * uploaded before its row is inserted.
 */
public final class ParsecData {

  /** Two ids that differ only by case, one in two scripts, one beyond U+FFFF, one of 32 bytes. */
  public static final List<String> ORGANIZATIONS =
      List.of("CoolOrg", "coolorg", "Éléphant-日本", "𠮷野家", "日本語の組織の長い名-x");

  /**
   * How much to store.
   *
   * @param organizations their ids; blocks are assigned to them in turn
   * @param blocks the number of blocks that the database refers to, each with its object
   * @param blockSize bytes of each; a full block of the real server has 524,328
   * @param orphans further objects without a row, as failed uploads leave them
   * @param undashed further objects without a row whose block id has no dashes, as server 2.8 wrote
   *     them
   * @param shared how many blocks have a second row, in another realm, for the same key
   * @param seed another seed, other keys and bytes
   */
  public record Spec(
      List<String> organizations,
      int blocks,
      int blockSize,
      int orphans,
      int undashed,
      int shared,
      long seed) {

    public static Spec of(int blocks, int blockSize) {
      return new Spec(ORGANIZATIONS, blocks, blockSize, 0, 0, 0, 1);
    }

    public Spec in(List<String> others) {
      return new Spec(others, blocks, blockSize, orphans, undashed, shared, seed);
    }

    /** Objects that no row refers to, of both kinds. */
    public Spec unreferenced(int newOrphans, int newUndashed) {
      return new Spec(organizations, blocks, blockSize, newOrphans, newUndashed, shared, seed);
    }

    public Spec shared(int newShared) {
      return new Spec(organizations, blocks, blockSize, orphans, undashed, newShared, seed);
    }

    public Spec seed(long newSeed) {
      return new Spec(organizations, blocks, blockSize, orphans, undashed, shared, newSeed);
    }
  }

  private static final int CHUNK = 50_000;
  // Numbers of blocks without rows: far from those with rows, however many are added.
  private static final int UNREFERENCED = 1 << 30;

  private final String jdbc;
  private final S3Bucket bucket;
  private final Spec spec;
  private int blocks;

  private ParsecData(String jdbc, S3Bucket bucket, Spec spec) {
    this.jdbc = jdbc;
    this.bucket = bucket;
    this.spec = spec;
  }

  /** Creates the tables in an empty database, and the rows and objects of the specification. */
  public static ParsecData fill(String jdbc, S3Bucket bucket, Spec spec) {
    ParsecData data = new ParsecData(jdbc, bucket, spec);
    data.createOrganizations();
    data.addBlocks(spec.blocks());
    data.put(UNREFERENCED, spec.orphans(), false);
    data.put(UNREFERENCED + spec.orphans(), spec.undashed(), true);
    return data;
  }

  /** Adds blocks as clients of a running server would; returns their keys. */
  public synchronized List<String> addBlocks(int count) {
    List<String> keys = new ArrayList<>();
    for (int done = 0; done < count; done += CHUNK) {
      int size = Math.min(CHUNK, count - done);
      keys.addAll(put(blocks, size, false));
      insert(blocks, size);
      blocks += size;
    }
    return keys;
  }

  /** The keys that the database refers to, each once, in S3's order. */
  public List<String> referencedKeys() {
    return referencedKeys(jdbc);
  }

  /** As {@link #referencedKeys()}, of another database with Parsec's tables. */
  public static List<String> referencedKeys(String jdbc) {
    List<String> keys = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection(jdbc);
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                """
                SELECT DISTINCT o.organization_id || '/' || b.block_id::text COLLATE "C" AS key
                FROM block b JOIN realm r ON r._id = b.realm
                JOIN organization o ON o._id = r.organization ORDER BY key
                """)) {
      while (rows.next()) {
        keys.add(rows.getString(1));
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return keys;
  }

  private void createOrganizations() {
    try (Connection connection = DriverManager.getConnection(jdbc)) {
      ParsecSchema.create(connection);
      try (PreparedStatement insert =
          connection.prepareStatement(
              "INSERT INTO organization (organization_id, root_verify_key, _created_on)"
                  + " VALUES (?, sha256(?::bytea), '2025-01-01 00:00:00+00')")) {
        for (String organization : spec.organizations()) {
          insert.setString(1, organization);
          insert.setString(2, organization);
          insert.addBatch();
        }
        insert.executeBatch();
      }
      ParsecSchema.addPeople(connection);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private List<String> put(int first, int count, boolean undashed) {
    return IntStream.range(first, first + count)
        .parallel()
        .mapToObj(number -> {
          String key = key(number, undashed);
          bucket.put(key, Content.generated(key, spec.seed(), spec.blockSize()));
          return key;
        })
        .toList();
  }

  private void insert(int first, int count) {
    StringBuilder rows = new StringBuilder();
    for (int number = first; number < first + count; number++) {
      int realm = organization(number) * 2 + 1;
      row(rows, number, realm);
      if (number < spec.shared()) {
        row(rows, number, realm + 1);
      }
    }
    try (Connection connection = DriverManager.getConnection(jdbc)) {
      connection
          .unwrap(PGConnection.class)
          .getCopyAPI()
          .copyIn(
              "COPY block (block_id, realm, author, size, created_on, key_index) FROM STDIN",
              new StringReader(rows.toString()));
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void row(StringBuilder rows, int number, int realm) {
    rows.append(blockId(number)).append('\t').append(realm).append('\t');
    rows.append(organization(number) + 1).append('\t').append(spec.blockSize());
    rows.append("\t2026-01-01 00:00:00+00\t1\n");
  }

  private int organization(int number) {
    return number % spec.organizations().size();
  }

  private String key(int number, boolean undashed) {
    String id = blockId(number).toString();
    return spec.organizations().get(organization(number))
        + "/"
        + (undashed ? id.replace("-", "") : id);
  }

  private UUID blockId(int number) {
    ByteBuffer random =
        ByteBuffer.wrap(Content.generated("block " + number, spec.seed(), 16).bytes());
    long high = (random.getLong() & ~0xF000L) | 0x4000L;
    long low = (random.getLong() >>> 2) | 0x8000_0000_0000_0000L;
    return new UUID(high, low);
  }
}

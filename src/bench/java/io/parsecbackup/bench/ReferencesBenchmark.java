package io.parsecbackup.bench;

import io.parsecbackup.testing.EmbeddedS3;
import io.parsecbackup.testing.ParsecData;
import io.parsecbackup.testing.ParsecStack;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The backup after the first: many blocks, first without a new one and then with a few new ones.
 * Compares it with {@code aws s3 sync} and {@code rclone sync} of the same bucket into copies of
 * the same folder. The programs take turns, and each run is a new process. Our program runs in a
 * JVM with 96 MiB of heap.
 *
 * <p>Arguments: blocks (1000000), new ones (1000), bytes of each (1024), rounds (3), a folder to
 * work in (the temporary one), and {@code --peers=none} to run only our program.
 */
public final class ReferencesBenchmark {

  private final ParsecStack stack;
  private final Path folder;
  private final Path repository;
  private final DumpWatch dump;

  private ReferencesBenchmark(ParsecStack stack, Path folder) throws Exception {
    this.stack = stack;
    this.folder = folder;
    this.repository = folder.resolve("repository");
    this.dump = DumpWatch.in(folder);
  }

  public static void main(String[] args) throws Exception {
    // Set this before the first class that logs, because the server is in this process.
    System.setProperty("java.util.logging.manager", "org.jboss.logmanager.LogManager");
    List<String> given = new ArrayList<>(List.of(args));
    List<Peer> peers = given.remove("--peers=none") ? List.of() : Peer.all();
    int blocks = number(given, 0, 1_000_000);
    int fresh = number(given, 1, 1_000);
    int size = number(given, 2, 1_024);
    int rounds = number(given, 3, 3);
    Path parent = Path.of(given.size() > 4 ? given.get(4) : System.getProperty("java.io.tmpdir"));
    Path folder = Files.createTempDirectory(parent, "references-benchmark");
    try (ParsecStack stack =
        ParsecStack.start(ParsecData.Spec.of(blocks, size), Optional.of(folder))) {
      // A server that has been running for a while has vacuumed its tables.
      stack.database().execute(ParsecStack.NAME, "VACUUM ANALYZE");
      ReferencesBenchmark benchmark = new ReferencesBenchmark(stack, folder);
      benchmark.first(blocks);
      Map<Peer, Path> copies = benchmark.copies(peers);
      benchmark.table("%,d blocks, none of them new".formatted(blocks), rounds, 0, copies);
      stack.data().addBlocks(fresh);
      benchmark.table("%,d new blocks".formatted(fresh), 1, fresh, copies);
    } finally {
      SyncBenchmark.delete(folder);
    }
  }

  private static int number(List<String> given, int place, int otherwise) {
    return given.size() > place ? Integer.parseInt(given.get(place)) : otherwise;
  }

  private void first(int blocks) throws Exception {
    System.out.printf(
        "%nThe first backup%n%n%s%s%n", Round.HEAD, Round.line(List.of(ours(blocks))));
  }

  /** A folder for each peer, with hard links to the same files. */
  private Map<Peer, Path> copies(List<Peer> peers) throws Exception {
    Map<Peer, Path> copies = new EnumMap<>(Peer.class);
    for (Peer peer : peers) {
      Path copy = folder.resolve(peer.name());
      String objects = repository.resolve("objects").toString();
      Timed.run(folder.resolve("cp.log"), Map.of(), "cp", "-al", objects, copy.toString());
      copies.put(peer, copy);
    }
    return copies;
  }

  private void table(String title, int rounds, int fresh, Map<Peer, Path> copies) throws Exception {
    List<Round> ours = new ArrayList<>();
    Map<Peer, List<Round>> theirs = new EnumMap<>(Peer.class);
    for (int round = 0; round < rounds; round++) {
      ours.add(ours(fresh));
      for (Map.Entry<Peer, Path> copy : copies.entrySet()) {
        Peer peer = copy.getKey();
        // It sends a request for each object in every round, so one round shows enough.
        if (round == 0 || peer != Peer.RCLONE_DEFAULTS) {
          theirs
              .computeIfAbsent(peer, first -> new ArrayList<>())
              .add(theirs(peer, copy.getValue()));
        }
      }
    }
    System.out.printf("%n%s%n%n%s%s%n", title, Round.HEAD, Round.line(ours));
    theirs.values().forEach(line -> System.out.println(Round.line(line)));
  }

  private Round ours(int expected) throws Exception {
    Map<String, String> environment = new HashMap<>(stack.environment());
    environment.put("PARSEC_BACKUP_REPOSITORY", repository.toString());
    environment.put("PARSEC_BACKUP_PG_BIN", dump.bin().toString());
    Requests before = Requests.of(stack.s3());
    Timed timed =
        Timed.run(
            folder.resolve("backup.log"),
            environment,
            Stack.JAVA,
            "-Xmx96m",
            "-jar",
            "target/quarkus-app/quarkus-run.jar",
            "backup",
            "--json");
    Requests requests = Requests.of(stack.s3()).since(before);
    if (requests.gets() != expected) {
      throw new IllegalStateException(
          "%d objects are new, but %d were fetched".formatted(expected, requests.gets()));
    }
    return new Round("`parsec-backup backup`", timed, OptionalDouble.of(dump.seconds()), requests);
  }

  private Round theirs(Peer peer, Path copy) throws Exception {
    EmbeddedS3 s3 = stack.s3();
    Requests before = Requests.of(s3);
    Timed timed =
        Timed.run(
            folder.resolve(peer.name() + ".log"), Peer.environment(s3), peer.command(s3, copy));
    return new Round(peer.title(), timed, OptionalDouble.empty(), Requests.of(s3).since(before));
  }
}

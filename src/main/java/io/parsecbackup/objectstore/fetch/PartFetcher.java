package io.parsecbackup.objectstore.fetch;

import io.parsecbackup.Cancellation;
import io.parsecbackup.parsec.Blockstore;
import io.parsecbackup.repository.DeadRuns;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.Workspace;
import io.parsecbackup.repository.index.ColumnCodec;
import io.parsecbackup.repository.index.ContentCheck;
import io.parsecbackup.repository.index.IndexCodec;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.index.RecordCodec;
import io.parsecbackup.repository.index.RecordSorter;
import io.parsecbackup.repository.index.RecordStream;
import io.parsecbackup.repository.index.Segment;
import io.parsecbackup.repository.storage.PrivateFiles;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The steps of {@link BucketFetcher#fetch} in several processes: one plans, each part is fetched by
 * one, and the last one proves the references. They pass files to each other.
 */
public final class PartFetcher {

  /** The records of the objects that a step has stored, in key order. */
  public static final String STORED = "stored.tsv";

  /** The objects that a step could not fetch; absent if it has fetched all. */
  public static final String FAILURES = "failures.tsv";

  private static final String UNPROVEN = "unproven.tsv";
  private static final String LOST = "lost.tsv";

  /** Scratch files that the last step needs under the same names. */
  private static final List<String> HANDED_OVER =
      Stream.concat(Workspace.KNOWN.stream(), Stream.of(CollisionList.FILE)).toList();

  private final BucketFetcher fetcher;
  private final Blockstore source;
  private final Repository repository;
  private final Workspace workspace;
  private final FetchCounters counters;

  /**
   * @param workspace of the run, or of the part
   * @param counters updated during each step
   */
  public PartFetcher(
      BucketFetcher fetcher,
      Blockstore source,
      Repository repository,
      Workspace workspace,
      FetchCounters counters) {
    this.fetcher = fetcher;
    this.source = source;
    this.repository = repository;
    this.workspace = workspace;
    this.counters = counters;
  }

  /**
   * Plans what the parts fetch.
   *
   * @return files in scratch by name; those of a part are below its number
   * @throws io.parsecbackup.Problem as {@link BucketFetcher#fetch}
   */
  public Map<String, Path> plan(FetchOptions options, int parts, Cancellation cancellation)
      throws IOException {
    FetchRun run = run(options, cancellation);
    FetchFailures failures = new FetchFailures(workspace.scratch());
    FetchPlan plan = run.plan();
    RecordSorter<IndexRecord> lost = run.newLost();
    run.dropLost(failures, lost);
    repository.damagedObjects().noteLost(workspace, lost);
    Map<String, Path> files = new TreeMap<>();
    write(UnprovenReference.CODEC, plan.unproven(), UNPROVEN, files);
    write(FetchFailure.CODEC, failures.sorted(), FAILURES, files);
    writeStored(files);
    new PlanSplit(plan, parts, workspace.scratch(), files).write();
    for (String name : HANDED_OVER) {
      if (Files.exists(workspace.file(name))) {
        files.put(name, workspace.file(name));
      }
    }
    return files;
  }

  /**
   * Fetches one part, without the objects that an earlier process of the part has fetched and that
   * still have the bytes which it recorded.
   *
   * @param planned the files of the part
   * @param knowsReferences see {@link FetchOptions#knowsReferences()}
   * @return files in scratch by name
   * @throws io.parsecbackup.Problem as {@link BucketFetcher#fetch}
   */
  public Map<String, Path> fetch(
      Map<String, Path> planned,
      boolean knowsReferences,
      DeadRuns.Listener listener,
      Cancellation cancellation)
      throws IOException {
    FetchRun run = run(FetchOptions.ofPart(knowsReferences), cancellation);
    RecordSorter<IndexRecord> lost = run.newLost();
    try (RecordStream<IndexRecord> broken =
        repository.deadRuns().resume(workspace, cancellation, listener).sorted()) {
      while (broken.hasNext()) {
        lost.add(broken.next());
      }
    }
    PartLists lists = new PartLists(planned, workspace.file("done.tsv"));
    count(lists);
    FetchFailures failures = new FetchFailures(workspace.scratch());
    run.fetch(lists, failures);
    run.dropLost(failures, lost);
    Map<String, Path> files = new TreeMap<>();
    write(FetchFailure.CODEC, failures.sorted(), FAILURES, files);
    write(IndexCodec.INSTANCE, lost.sorted(), LOST, files);
    writeStored(files);
    return files;
  }

  /** Counts the objects of the part, and lists those that are done already. */
  private void count(PartLists lists) throws IOException {
    try (RecordStream<PlannedFetch> planned = lists.planned();
        RecordStream<IndexRecord> stored = workspace.stored();
        BufferedWriter done = PrivateFiles.newWriter(lists.done())) {
      while (planned.hasNext()) {
        PlannedFetch object = planned.next();
        counters.wanted.increment();
        counters.wantedBytes.add(object.bytes().orElse(0));
        Optional<IndexRecord> earlier = stored.take(object.key()).filter(IndexRecord::covered);
        if (earlier.isPresent()) {
          counters.copied.increment();
          counters.copiedBytes.add(earlier.get().size());
          if (earlier.get().check() == ContentCheck.LENGTH) {
            counters.checkedByLengthOnly.increment();
          }
          done.write(ColumnCodec.KEYS.format(object.key()));
          done.write('\n');
        }
      }
    }
  }

  /**
   * Proves that every object of the dump is in the repository, by what all steps have stored.
   *
   * @param plan the files of {@link #plan}
   * @param parts the files of {@link #fetch}, of each part
   * @return the list of missing objects, in scratch; empty if no object is missing
   */
  public Optional<Path> prove(
      Map<String, Path> plan, List<Map<String, Path>> parts, Cancellation cancellation)
      throws IOException {
    for (String name : HANDED_OVER) {
      Path file = plan.get(name);
      if (file != null) {
        Files.copy(file, workspace.file(name));
      }
    }
    RecordSorter<IndexRecord> lost =
        new RecordSorter<>(IndexCodec.INSTANCE, workspace.scratch(), "lost-in-parts");
    try (RecordStream<IndexRecord> all = open(IndexCodec.INSTANCE, LOST, parts)) {
      while (all.hasNext()) {
        lost.add(all.next());
      }
    }
    repository.damagedObjects().noteLost(workspace, lost);
    List<Map<String, Path>> steps = new ArrayList<>(List.of(plan));
    steps.addAll(parts);
    return run(FetchOptions.ofPart(true), cancellation)
        .prove(
            open(UnprovenReference.CODEC, UNPROVEN, List.of(plan)),
            open(FetchFailure.CODEC, FAILURES, steps));
  }

  private FetchRun run(FetchOptions options, Cancellation cancellation) {
    return fetcher.run(options, source, repository, workspace, counters, cancellation);
  }

  private <T> RecordStream<T> open(
      RecordCodec<T> codec, String name, List<Map<String, Path>> oldestFirst) throws IOException {
    return RecordStream.mergeAny(
        codec,
        oldestFirst.stream()
            .flatMap(files -> Optional.ofNullable(files.get(name)).stream())
            .toList(),
        workspace::newFile);
  }

  /** Writes a list to a scratch file, unless it is empty. */
  private <T> void write(
      RecordCodec<T> codec, RecordStream<T> records, String name, Map<String, Path> files)
      throws IOException {
    Path file = workspace.file("out-" + name);
    try (records) {
      if (!records.hasNext()) {
        return;
      }
      try (BufferedWriter writer = PrivateFiles.newWriter(file)) {
        while (records.hasNext()) {
          writer.write(codec.format(records.next()));
          writer.write('\n');
        }
      }
    }
    files.put(name, file);
  }

  private void writeStored(Map<String, Path> files) throws IOException {
    Path file = workspace.file("out-" + STORED);
    try (RecordStream<IndexRecord> stored = workspace.stored()) {
      if (Segment.write(stored, file).records() > 0) {
        files.put(STORED, file);
      } else {
        Files.delete(file);
      }
    }
  }
}

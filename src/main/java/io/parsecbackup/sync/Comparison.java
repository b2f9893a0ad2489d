package io.parsecbackup.sync;

import io.parsecbackup.Cancellation;
import io.parsecbackup.parsec.Blockstore;
import io.parsecbackup.repository.RecordSorter;
import io.parsecbackup.repository.RecordStream;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.Workspace;
import io.smallrye.mutiny.Multi;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/** A bucket beside a repository, and the work for each object that the repository lacks. */
record Comparison(
    Blockstore.S3 bucket,
    Repository repository,
    Workspace workspace,
    SyncCounters counters,
    Cancellation cancellation) {

  private static final int PAGE = 1_000;

  /**
   * Does {@code work} with each object that the repository lacks; what the server lists out of
   * order comes in a second pass.
   */
  void compare(Multi<List<ListedObject>> pages, Function<Multi<ListedObject>, Multi<?>> work)
      throws IOException {
    RecordSorter aside = new RecordSorter(workspace.scratch(), "aside");
    AtomicLong putAside = new AtomicLong();
    pass(
        pages,
        work,
        object -> {
          aside.add(object.asRecord());
          putAside.incrementAndGet();
        });
    if (putAside.get() > 0) {
      try (RecordStream late = aside.sorted()) {
        pass(pages(late), work, object -> {});
      }
    }
  }

  private void pass(
      Multi<List<ListedObject>> pages,
      Function<Multi<ListedObject>, Multi<?>> work,
      ListingDiff.Aside aside)
      throws IOException {
    try (RecordStream known = workspace.known()) {
      ListingDiff diff = new ListingDiff(known, repository.objects(), counters, aside);
      Multi<ListedObject> wanted = pages.onItem().transformToIterable(page -> wanted(diff, page));
      Pipeline.run(
          work.apply(wanted).onItem().ignoreAsUni(),
          cancellation,
          failure -> BucketSync.unlistable(bucket, failure));
    }
  }

  private static List<ListedObject> wanted(ListingDiff diff, List<ListedObject> page) {
    try {
      return diff.wanted(page);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Multi<List<ListedObject>> pages(RecordStream late) {
    return Multi.createFrom()
        .generator(
            () -> late,
            (stream, emitter) -> {
              if (!stream.hasNext()) {
                emitter.complete();
                return stream;
              }
              List<ListedObject> page = new ArrayList<>();
              while (page.size() < PAGE && stream.hasNext()) {
                page.add(ListedObject.of(stream.next()));
              }
              emitter.emit(page);
              return stream;
            });
  }
}

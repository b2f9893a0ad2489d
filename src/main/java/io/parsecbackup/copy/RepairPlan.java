package io.parsecbackup.copy;

import io.parsecbackup.copy.plan.KnownObjects;
import io.parsecbackup.copy.plan.PlannedObjects;
import io.parsecbackup.repository.index.IndexCodec;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.index.Journal;
import io.parsecbackup.repository.index.RecordSorter;
import io.parsecbackup.repository.index.RecordStream;
import java.io.IOException;
import java.nio.file.Path;

/** Plans which damaged objects of a place are copied again. */
record RepairPlan(CopySource source, CopyPlace place, KnownObjects known) {

  /**
   * Those that are listed and damaged now. A job may have listed an object from a damaged segment,
   * with a key or digest that no object ever had. Such a record is forgotten.
   */
  PlannedObjects of(DamagedCopies damaged) throws IOException {
    try (PlannedObjects.Writer planned =
        new PlannedObjects.Writer(place.workspace().newFile(), place.workspace().newFile())) {
      if (damaged.isListed()) {
        Path others = place.workspace().newFile();
        try (RecordStream<IndexRecord> listed = damaged.listed();
            RecordStream<IndexRecord> here = known.open();
            Journal unlike = Journal.append(others)) {
          while (listed.hasNext()) {
            source.cancellation().throwIfCancelled();
            IndexRecord entry = listed.next();
            boolean isNewest = here.take(entry.key()).filter(entry::hasBytesOf).isPresent();
            if (place.repository().objectProof().read(entry).isEmpty()) {
              continue;
            }
            if (isNewest) {
              planned.place(entry);
            } else {
              unlike.add(entry);
            }
          }
        }
        addNamed(others, planned);
      }
      return planned.finish();
    }
  }

  /** Adds the objects that the index has with other bytes, or as removed. */
  private void addNamed(Path others, PlannedObjects.Writer planned) throws IOException {
    RecordSorter<IndexRecord> found =
        new RecordSorter<>(IndexCodec.INSTANCE, place.workspace().scratch(), "named");
    try (RecordStream<IndexRecord> named = place.repository().index().named(others, found);
        RecordStream<IndexRecord> here = known.open()) {
      while (named.hasNext()) {
        IndexRecord entry = named.next();
        if (here.take(entry.key()).isEmpty()) {
          planned.place(entry);
        } else {
          planned.aside(entry);
        }
      }
    }
  }
}

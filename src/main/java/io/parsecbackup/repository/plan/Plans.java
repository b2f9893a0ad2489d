package io.parsecbackup.repository.plan;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.repository.index.Journal;
import io.parsecbackup.repository.storage.Content;
import io.parsecbackup.repository.storage.Documents;
import io.parsecbackup.repository.storage.Folders;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.Leftovers;
import io.parsecbackup.repository.storage.NewFile;
import io.parsecbackup.repository.storage.PrivateFiles;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.repository.storage.SealedJson;
import io.parsecbackup.repository.storage.Storage;
import io.parsecbackup.repository.storage.UnsafeFileException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.jboss.logging.Logger;

/**
 * The planned runs of a repository. At most one is open: it keeps every other run that changes the
 * repository away, although no process holds the lock between its steps.
 */
public record Plans(Storage storage) {

  private static final Logger LOG = Logger.getLogger(Plans.class);

  private static final String DISCARDED = "/discarded.json";

  /** The objects of a discarded run are in a journal, and its files could not be deleted. */
  private static final String ENDED = "/ended.json";

  private enum State {
    OPEN,
    PUBLISHED,
    DEAD,
    ENDED
  }

  /** The newest planned run that is still here, open or published. */
  public Optional<Plan> newest() throws IOException {
    for (RunId id : ids().reversed()) {
      State state = state(id);
      if (state == State.OPEN || state == State.PUBLISHED) {
        return plan(id);
      }
    }
    return Optional.empty();
  }

  /** The run that is planned, and neither published nor discarded. */
  public Optional<Plan> open() throws IOException {
    Optional<Plan> newest = newest();
    return newest.isPresent() && isOpen(newest.get().id()) ? newest : Optional.empty();
  }

  /** Whether the run with this id is planned, and neither published nor discarded. */
  public boolean isOpen(RunId id) throws IOException {
    return state(id) == State.OPEN;
  }

  /**
   * Removes what ended plans have left. The objects that a discarded one had fetched are then in
   * the journal of a dead run. Needs the lock.
   *
   * @param now if present, an open plan that has expired is discarded
   * @throws Problem of kind HELD while there is an open plan, or a part of a discarded one runs
   */
  public void requireNone(Optional<Instant> now) throws IOException {
    for (RunId id : ids()) {
      switch (state(id)) {
        case OPEN -> {
          Plan plan = plan(id).orElseThrow();
          if (now.isEmpty() || !plan.expires().isBefore(now.get())) {
            throw held(plan);
          }
          LOG.warnf("The plan of backup %s has expired at %s: discarded", id, plan.expires());
          discard(id);
        }
        case DEAD -> discard(id);
        case PUBLISHED, ENDED -> delete(id);
      }
    }
  }

  private static Problem held(Plan plan) {
    return new Problem(
        Kind.HELD,
        "backup "
            + plan.id()
            + " is planned for "
            + plan.parts()
            + " parts and is not published. Run 'backup --join' when its parts are done, or 'backup"
            + " --discard' to end it; nothing was changed");
  }

  /**
   * Ends a planned run. What its parts have fetched is in the journal of a dead run afterwards, and
   * the next backup uses it. Needs the lock.
   *
   * @throws Problem of kind HELD while one of its parts runs
   */
  public void discard(RunId id) throws IOException {
    requireNoPart(id, "nothing was changed");
    // From now on no part starts. One that has started before is found here.
    put(Layout.plan(id) + DISCARDED, id);
    new Leftovers(storage).delete(Layout.planJson(id));
    requireNoPart(id, "the next backup ends the plan");
    collect(id);
    put(Layout.plan(id) + ENDED, id);
    delete(id);
  }

  private void requireNoPart(RunId id, String otherwise) throws IOException {
    for (int part : parts(id)) {
      if (storage.locks().isPartHeld(Layout.partLock(id, part))) {
        throw new Problem(
            Kind.HELD,
            "part "
                + part
                + " of the planned backup "
                + id
                + " is running. Stop it first, or wait until it ends; "
                + otherwise);
      }
    }
  }

  private void put(String name, RunId id) throws IOException {
    ObjectNode note = JsonNodeFactory.instance.objectNode();
    note.put("id", id.text());
    storage.put(NewFile.replacing(name, Content.of(SealedJson.seal(note))));
  }

  /** Removes the files of a plan, except the document that says that it was published. */
  public void deleteAllButPlan(RunId id) throws IOException {
    for (String name : storage.children(Layout.plan(id))) {
      String child = Layout.plan(id) + "/" + name;
      if (child.equals(Layout.planJson(id))) {
        continue;
      }
      if (name.matches("[0-9]{1,9}")) {
        new Leftovers(storage).deleteTree(child);
      } else {
        new Leftovers(storage).delete(child);
      }
    }
    deleteLocal(id);
  }

  private void delete(RunId id) throws IOException {
    new Leftovers(storage).deleteTree(Layout.plan(id));
    deleteLocal(id);
  }

  /** In a folder, the scratch is where the plan is. */
  private void deleteLocal(RunId id) throws IOException {
    if (storage.isRemote()) {
      Folders.delete(scratch(id));
    }
  }

  /** Writes the objects that the run and its parts have stored to the journal of a dead run. */
  private void collect(RunId id) throws IOException {
    Path journal = storage.scratch().resolve(id.text()).resolve("journal.tsv");
    PrivateFiles.createFolders(storage.scratch().resolve(id.text()));
    try (Journal dead = Journal.append(journal)) {
      read(Layout.plan(id) + "/" + Plan.STORED, dead);
      for (int part : parts(id)) {
        if (new Documents(storage).exists(Layout.partJson(id, part))) {
          read(Layout.part(id, part) + "/" + Plan.STORED, dead);
        } else {
          for (Path own : PartScratch.journals(storage, id, part)) {
            Journal.read(own, dead::add);
          }
        }
      }
    }
    storage.flushScratch(journal);
  }

  private void read(String name, Journal dead) throws IOException {
    if (new Documents(storage).exists(name)) {
      Journal.read(storage.local(name, Optional.empty()), dead::add);
    }
  }

  /** The parts that have a folder at the storage or in the scratch of this machine. */
  private TreeSet<Integer> parts(RunId id) throws IOException {
    TreeSet<Integer> parts = new TreeSet<>();
    List<Path> local = Folders.list(scratch(id), name -> true);
    for (String name : storage.children(Layout.plan(id))) {
      add(name, parts);
    }
    for (Path folder : local) {
      add(String.valueOf(folder.getFileName()), parts);
    }
    return parts;
  }

  private static void add(String name, TreeSet<Integer> parts) {
    if (name.matches("[0-9]{1,9}")) {
      parts.add(Integer.parseInt(name));
    }
  }

  private Path scratch(RunId id) {
    return PartScratch.of(storage, id);
  }

  private List<RunId> ids() throws IOException {
    return new Documents(storage).ids(Layout.PLANS, "");
  }

  private State state(RunId id) throws IOException {
    Documents documents = new Documents(storage);
    if (documents.exists(Layout.plan(id) + ENDED)) {
      return State.ENDED;
    }
    if (!documents.exists(Layout.planJson(id)) || documents.exists(Layout.plan(id) + DISCARDED)) {
      return State.DEAD;
    }
    if (!documents.exists(Layout.backupJson(id))) {
      return plan(id).isPresent() ? State.OPEN : State.DEAD;
    }
    // One that cannot be read is a damaged backup, not a plan.
    return documents.sealed(Layout.backupJson(id)).filter(Documents::isRevocation).isPresent()
        ? State.DEAD
        : State.PUBLISHED;
  }

  /**
   * The plan of a run, whatever became of the run; empty if its document is damaged.
   *
   * @throws IOException when a server does not return it now: the plan may be intact
   */
  public Optional<Plan> plan(RunId id) throws IOException {
    Documents documents = new Documents(storage);
    if (storage.isRemote()) {
      try {
        return SealedJson.open(documents.read(Layout.planJson(id)))
            .flatMap(json -> Plan.of(id, json));
      } catch (NoSuchFileException | UnsafeFileException e) {
        return Optional.empty();
      }
    }
    return documents.sealed(Layout.planJson(id)).flatMap(json -> Plan.of(id, json));
  }
}

package io.parsecbackup.objectstore.lease;

import io.parsecbackup.Problem;
import io.parsecbackup.objectstore.bucket.BucketClient;
import io.parsecbackup.objectstore.bucket.BucketPlace;
import io.parsecbackup.objectstore.bucket.ObjectReader;
import io.parsecbackup.objectstore.bucket.ObjectWriter;
import io.parsecbackup.objectstore.bucket.WriteGuard;
import io.parsecbackup.objectstore.lease.LeaseDocument.Holder;
import io.parsecbackup.objectstore.lease.LeaseDocument.Mode;
import io.parsecbackup.objectstore.lease.LeaseObject.State;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.RepositoryLocks;
import io.parsecbackup.repository.storage.RunId;
import java.io.IOException;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * The lock of a repository in a bucket: a lease that its holder renews. A holder that stops is dead
 * when its lease has run out by the server's clock. The next run then takes the lock over, but
 * first revokes the dead run, so that it publishes nothing if it comes back.
 */
public final class LeaseLocks implements RepositoryLocks, WriteGuard, AutoCloseable {

  private static final Logger LOG = Logger.getLogger(LeaseLocks.class);

  private static final int ATTEMPTS = 20;

  private final BucketClient client;
  private final LeaseObject object;
  private final Fence fence;
  private final BucketPlace place;
  private final LeaseTimes times;
  private final Clock clock;

  /** The exclusive lease of a run of this process that has not ended. */
  private final AtomicReference<Optional<Lease>> exclusive =
      new AtomicReference<>(Optional.empty());

  /**
   * @param client only for the lock, so that a renewal never waits for other requests
   * @param clock shows that the machine was suspended
   */
  public LeaseLocks(BucketClient client, BucketPlace place, LeaseTimes times, Clock clock) {
    this.client = client;
    this.place = place;
    this.clock = clock;
    this.object = new LeaseObject(client, place, Layout.LOCK);
    ObjectReader reader = new ObjectReader(client);
    this.fence = new Fence(new ObjectWriter(client, reader), reader, place);
    this.times = times;
  }

  @Override
  public Held exclusive(String holder) throws IOException {
    return take(object, holder, true);
  }

  @Override
  public Held shared(String holder) throws IOException {
    try {
      return take(object, holder, false);
    } catch (IOException e) {
      if (LeaseObject.refusal(e).isEmpty()) {
        throw e;
      }
      LOG.warnf(
          "%s cannot be locked, because its key may not write. A prune at the same time could"
              + " remove the backup that this job reads",
          object.location());
      return new NoLease();
    }
  }

  @Override
  public Held ofPart(String name, String holder) throws IOException {
    return take(new LeaseObject(client, place, name), holder, true);
  }

  @Override
  public boolean isPartHeld(String name) throws IOException {
    return isHeld(new LeaseObject(client, place, name));
  }

  @Override
  public boolean isHeld() throws IOException {
    return isHeld(object);
  }

  private static boolean isHeld(LeaseObject lock) throws IOException {
    State state = lock.read();
    return state.document().alive(state.now()).stream().anyMatch(Holder::exclusive);
  }

  @Override
  public boolean isClaimed(RunId id) throws IOException {
    State state = object.read();
    return state.document().alive(state.now()).stream()
        .anyMatch(holder -> holder.run().equals(Optional.of(id)));
  }

  /** A run that has lost its lock changes nothing but the records of runs and jobs. */
  @Override
  public void check(String key) {
    Optional<Lease> lease = exclusive.get();
    if (lease.isPresent() && !Layout.isRecord(place.name(key))) {
      lease.get().requireFresh();
    }
  }

  private Held take(LeaseObject lock, String description, boolean isExclusive) throws IOException {
    String token = UUID.randomUUID().toString();
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Lease.Renewal began = Lease.Renewal.now(clock);
      State state = lock.read();
      List<Holder> alive = state.document().alive(state.now());
      refuseIfHeld(alive, isExclusive);
      if (exclusive.get().isPresent()) {
        throw held("a run of this process that has lost the lock and ends now");
      }
      for (Holder holder : state.document().holders()) {
        if (holder.exclusive() && holder.isDead(state.now())) {
          takeOver(holder);
        }
      }
      Holder own =
          new Holder(
              token,
              isExclusive ? Mode.EXCLUSIVE : Mode.SHARED,
              description + ", process " + ProcessHandle.current().pid(),
              Optional.empty(),
              0,
              state.now(),
              times.lease().toMillis());
      if (lock.write(new LeaseDocument(alive).with(own), state)) {
        return open(lock, token, isExclusive, began);
      }
      LeaseObject.pause(attempt);
    }
    throw held("several runs that take it at the same moment");
  }

  private Lease open(LeaseObject lock, String token, boolean isExclusive, Lease.Renewal taken) {
    if (!isExclusive) {
      return new Lease(lock, times, token, clock, taken, () -> {});
    }
    Lease lease =
        new Lease(lock, times, token, clock, taken, () -> exclusive.set(Optional.empty()));
    exclusive.set(Optional.of(lease));
    return lease;
  }

  private void takeOver(Holder dead) throws IOException {
    LOG.infof(
        "The lease of '%s' has run out at %s; the lock is taken over",
        dead.description(), dead.until());
    if (dead.run().isPresent()) {
      fence.revoke(dead.run().get());
    }
  }

  private static void refuseIfHeld(List<Holder> alive, boolean exclusive) {
    List<Holder> others =
        alive.stream()
            .filter(holder -> exclusive ? holder.mode() != Mode.SHOWN : holder.exclusive())
            .toList();
    if (!others.isEmpty()) {
      throw held(others.stream().map(LeaseLocks::told).collect(Collectors.joining(" and ")));
    }
  }

  private static String told(Holder holder) {
    return holder.description()
        + " (its lease ends at "
        + holder.until().truncatedTo(ChronoUnit.SECONDS)
        + " unless it is renewed)";
  }

  private static Problem held(String holder) {
    return new Problem(
        Problem.Kind.HELD,
        "another run holds the repository: "
            + holder
            + ". Wait until it ends, or cancel it; nothing was changed");
  }

  @Override
  public void close() {
    client.close();
  }
}

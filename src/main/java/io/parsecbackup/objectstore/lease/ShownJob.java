package io.parsecbackup.objectstore.lease;

import io.parsecbackup.objectstore.lease.LeaseDocument.Holder;
import io.parsecbackup.objectstore.lease.LeaseObject.State;
import io.parsecbackup.repository.storage.RunId;
import java.io.IOException;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jboss.logging.Logger;

/**
 * An entry in the lock that shows that a job runs which holds no lock. It prevents nothing. If it
 * is not renewed, others regard the job as killed; the job itself continues.
 */
final class ShownJob implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(ShownJob.class);

  private static final int ATTEMPTS = 10;

  private final LeaseObject object;
  private final LeaseTimes times;
  private final RunId job;
  private final String description;
  private final String token = UUID.randomUUID().toString();

  /** Held while the lock's object is changed. Guards {@link #closed}. */
  private final ReentrantLock changing = new ReentrantLock();

  private boolean closed;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("repository-job-", 0).factory());

  /** Shows the job, if the key may write the lock. */
  ShownJob(LeaseObject object, LeaseTimes times, RunId job, String description) {
    this.object = object;
    this.times = times;
    this.job = job;
    this.description = description + ", process " + ProcessHandle.current().pid();
    renew();
    long beat = times.heartbeat().toMillis();
    thread.scheduleWithFixedDelay(this::renew, beat, beat, TimeUnit.MILLISECONDS);
  }

  private void renew() {
    changing.lock();
    try {
      if (closed) {
        return;
      }
      change(state -> {
        Holder first =
            new Holder(
                token,
                LeaseDocument.Mode.SHOWN,
                description,
                Optional.of(job),
                0,
                state.now(),
                times.lease().toMillis());
        Optional<Holder> own = state.document().holder(token);
        return state.document().with(own.map(one -> one.renewed(state.now())).orElse(first));
      });
    } catch (IOException | RuntimeException e) {
      LOG.debugf("Job %s is not shown in %s: %s", job, object.location(), e.getMessage());
    } finally {
      changing.unlock();
    }
  }

  private interface Change {
    LeaseDocument of(State state);
  }

  private void change(Change change) throws IOException {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      State state = object.read();
      if (object.write(change.of(state), state)) {
        return;
      }
      LeaseObject.pause(attempt);
    }
  }

  /** Removes the entry. Does not fail: an entry that is not renewed runs out. */
  @Override
  public void close() {
    thread.shutdown();
    changing.lock();
    try {
      closed = true;
      change(state -> state.document().without(token));
    } catch (IOException | RuntimeException e) {
      LOG.debugf("Job %s is still shown in %s: %s", job, object.location(), e.getMessage());
    } finally {
      changing.unlock();
    }
  }
}

package io.parsecbackup.api;

import io.parsecbackup.Problem;
import io.parsecbackup.backup.Backup;
import io.parsecbackup.backup.BackupState;
import io.parsecbackup.backup.Backups;
import io.parsecbackup.repository.RunId;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import java.io.IOException;
import java.time.Duration;
import org.jboss.logging.Logger;

/** A backup as a stream: how it stands, every second, until it has ended. */
@ApplicationScoped
public class BackupEvents {

  private static final Logger LOG = Logger.getLogger(BackupEvents.class);
  private static final Duration BEAT = Duration.ofSeconds(1);

  private final Backups backups;

  public BackupEvents(Backups backups) {
    this.backups = backups;
  }

  private record Event(Object document, boolean last) {}

  /**
   * The backup's document now and each second after; the one that says how it ended is the last.
   * What fails on the way is an event named {@code problem}, and the last: the answer's status is
   * out by then.
   */
  Multi<OutboundSseEvent> of(RunId id, Sse sse) {
    Uni<Event> look =
        Uni.createFrom()
            .item(() -> look(id))
            .runSubscriptionOn(Infrastructure.getDefaultWorkerPool());
    return Multi.createBy()
        .repeating()
        .uni(() -> look)
        .withDelay(BEAT)
        .whilst(event -> !event.last())
        .map(event -> toSse(event, sse));
  }

  private Event look(RunId id) {
    try {
      return backups
          .find(id)
          .map(backup -> new Event(backup, backup.state() != BackupState.RUNNING))
          .orElseGet(() -> problem(404, "the record of run " + id + " is gone", "not-found"));
    } catch (Problem e) {
      return new Event(ProblemDetail.of(e), true);
    } catch (IOException | RuntimeException e) {
      LOG.error("the progress of a backup could not be read", e);
      return problem(500, "the backup's record cannot be read; the log says more", "repository");
    }
  }

  private static Event problem(int status, String detail, String kind) {
    return new Event(ProblemDetail.of(status, detail, kind), true);
  }

  private static OutboundSseEvent toSse(Event event, Sse sse) {
    OutboundSseEvent.Builder builder =
        sse.newEventBuilder().mediaType(MediaType.APPLICATION_JSON_TYPE);
    return switch (event.document()) {
      case Backup backup -> builder.data(Backup.class, backup).build();
      default -> builder.name("problem").data(event.document()).build();
    };
  }
}

package io.parsecbackup.api;

import io.parsecbackup.Problem;
import io.parsecbackup.api.problem.ProblemDetail;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;
import org.jboss.logging.Logger;

/** The progress of a run as a stream of events, one a second, until the run ends. */
final class EventStream {

  private static final Logger LOG = Logger.getLogger(EventStream.class);
  private static final Duration INTERVAL = Duration.ofSeconds(1);

  private EventStream() {}

  /** Finds the document of the run; empty if it no longer exists. */
  interface Lookup<T> {
    Optional<T> find();
  }

  private record Event(Object document, boolean last) {}

  /**
   * The document now and every second; the last event has the final state. An error is sent as an
   * event named {@code problem} and ends the stream: the HTTP status has already been sent.
   *
   * @param running whether the run of this document is still running
   */
  static <T> Multi<OutboundSseEvent> of(Lookup<T> lookup, Predicate<T> running, Sse sse) {
    Uni<Event> next =
        Uni.createFrom()
            .item(() -> next(lookup, running))
            .runSubscriptionOn(Infrastructure.getDefaultWorkerPool());
    return Multi.createBy()
        .repeating()
        .uni(() -> next)
        .withDelay(INTERVAL)
        .whilst(event -> !event.last())
        .map(event -> toSse(event, sse));
  }

  private static <T> Event next(Lookup<T> lookup, Predicate<T> running) {
    try {
      return lookup
          .find()
          .map(document -> new Event(document, !running.test(document)))
          .orElseGet(() -> problem(404, "the record of the run no longer exists", "not-found"));
    } catch (Problem e) {
      return new Event(ProblemDetail.of(e), true);
    } catch (RuntimeException e) {
      LOG.error("cannot read the progress of a run", e);
      return problem(500, "the record of the run cannot be read; see the log", "repository");
    }
  }

  private static Event problem(int status, String detail, String kind) {
    return new Event(ProblemDetail.of(status, detail, kind), true);
  }

  private static OutboundSseEvent toSse(Event event, Sse sse) {
    OutboundSseEvent.Builder builder =
        sse.newEventBuilder().mediaType(MediaType.APPLICATION_JSON_TYPE);
    if (event.document() instanceof ProblemDetail) {
      builder.name("problem");
    }
    return builder.data(event.document()).build();
  }
}

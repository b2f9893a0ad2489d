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

/** Something that runs as a stream: how it stands, every second, until it has ended. */
final class Events {

  private static final Logger LOG = Logger.getLogger(Events.class);
  private static final Duration BEAT = Duration.ofSeconds(1);

  private Events() {}

  /** Finds the document of what runs; empty when it is gone. */
  interface Look<T> {
    Optional<T> find();
  }

  private record Event(Object document, boolean last) {}

  /**
   * The document now and each second after; the one that says how it ended is the last. What fails
   * on the way is an event named {@code problem}, and the last: the answer's status is out by then.
   *
   * @param running whether a document says that more is to come
   */
  static <T> Multi<OutboundSseEvent> of(Look<T> look, Predicate<T> running, Sse sse) {
    Uni<Event> next =
        Uni.createFrom()
            .item(() -> look(look, running))
            .runSubscriptionOn(Infrastructure.getDefaultWorkerPool());
    return Multi.createBy()
        .repeating()
        .uni(() -> next)
        .withDelay(BEAT)
        .whilst(event -> !event.last())
        .map(event -> toSse(event, sse));
  }

  private static <T> Event look(Look<T> look, Predicate<T> running) {
    try {
      return look.find()
          .map(document -> new Event(document, !running.test(document)))
          .orElseGet(() -> problem(404, "the record of it is gone", "not-found"));
    } catch (Problem e) {
      return new Event(ProblemDetail.of(e), true);
    } catch (RuntimeException e) {
      LOG.error("the progress of a run could not be read", e);
      return problem(500, "the run's record cannot be read; the log says more", "repository");
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

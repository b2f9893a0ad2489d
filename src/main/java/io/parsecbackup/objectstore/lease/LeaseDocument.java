package io.parsecbackup.objectstore.lease;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parsecbackup.repository.storage.RunId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The content of the lock: who holds it. */
record LeaseDocument(List<Holder> holders) {

  public static final LeaseDocument EMPTY = new LeaseDocument(List.of());

  private static final ObjectMapper JSON = new ObjectMapper();

  LeaseDocument {
    holders = List.copyOf(holders);
  }

  /** How a holder has the lock. */
  enum Mode {
    EXCLUSIVE,
    SHARED,
    /** It does not have it, and only shows that its job runs. */
    SHOWN;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** A mode that this version does not know may be an exclusive one. */
    static Mode of(String word) {
      return Arrays.stream(values())
          .filter(mode -> mode.word().equals(word))
          .findFirst()
          .orElse(EXCLUSIVE);
    }
  }

  /**
   * A holder.
   *
   * @param token random, and so unique
   * @param description for the error that other runs get
   * @param run that the holder will publish
   * @param beat how often it has renewed its lease
   * @param seen when it last renewed its lease, by the server's clock
   * @param leaseMillis how long its lease lasts after that
   */
  record Holder(
      String token,
      Mode mode,
      String description,
      Optional<RunId> run,
      long beat,
      Instant seen,
      long leaseMillis) {

    boolean exclusive() {
      return mode == Mode.EXCLUSIVE;
    }

    /** Whether its lease has run out. */
    boolean isDead(Instant now) {
      return now.isAfter(until());
    }

    /** When its lease runs out unless it is renewed, by the server's clock. */
    Instant until() {
      return seen.plusMillis(leaseMillis);
    }

    Holder renewed(Instant now) {
      return new Holder(token, mode, description, run, beat + 1, now, leaseMillis);
    }

    Holder describedAs(String other) {
      return new Holder(token, mode, other, run, beat, seen, leaseMillis);
    }

    Holder announcing(RunId id) {
      return new Holder(token, mode, description, Optional.of(id), beat, seen, leaseMillis);
    }
  }

  Optional<Holder> holder(String token) {
    return holders.stream().filter(holder -> holder.token().equals(token)).findFirst();
  }

  List<Holder> alive(Instant now) {
    return holders.stream().filter(holder -> !holder.isDead(now)).toList();
  }

  /** The same without one holder. */
  public LeaseDocument without(String token) {
    return new LeaseDocument(
        holders.stream().filter(holder -> !holder.token().equals(token)).toList());
  }

  /** The same with this holder in the place of the one with its token, or as a further one. */
  public LeaseDocument with(Holder holder) {
    List<Holder> all = new ArrayList<>(without(holder.token()).holders());
    all.add(holder);
    return new LeaseDocument(all);
  }

  byte[] toBytes() {
    ObjectNode document = JSON.createObjectNode();
    document.put("version", 1);
    ArrayNode array = document.putArray("holders");
    for (Holder holder : holders) {
      ObjectNode node = array.addObject();
      node.put("token", holder.token());
      node.put("mode", holder.mode().word());
      node.put("holder", holder.description());
      holder.run().ifPresent(run -> node.put("run", run.text()));
      node.put("beat", holder.beat());
      node.put("seen", holder.seen().toString());
      node.put("leaseMillis", holder.leaseMillis());
    }
    try {
      return (JSON.writerWithDefaultPrettyPrinter().writeValueAsString(document) + "\n")
          .getBytes(StandardCharsets.UTF_8);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("cannot write the lock as JSON", e);
    }
  }

  /**
   * Reads a lock.
   *
   * @throws IOException when it is not a lock
   */
  public static LeaseDocument parse(byte[] bytes) throws IOException {
    List<Holder> holders = new ArrayList<>();
    try {
      JsonNode document = JSON.readTree(bytes);
      if (document.path("version").asInt() != 1) {
        throw new IOException("it has another version than 1");
      }
      for (JsonNode node : document.path("holders")) {
        holders.add(
            new Holder(
                node.path("token").asText(),
                Mode.of(node.path("mode").asText()),
                node.path("holder").asText(),
                RunId.parse(node.path("run").asText()),
                node.path("beat").asLong(),
                Instant.parse(node.path("seen").asText()),
                node.path("leaseMillis").asLong()));
      }
    } catch (JsonProcessingException | DateTimeException e) {
      throw new IOException("it is not valid", e);
    }
    return new LeaseDocument(holders);
  }
}

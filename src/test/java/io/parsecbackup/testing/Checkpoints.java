package io.parsecbackup.testing;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * Counts the steps that {@link io.parsecbackup.repository.storage.StableStorage} announces, by
 * names that are the same in each run: an id is {@code ID} there, and an object's name {@code
 * OBJECT}.
 */
public final class Checkpoints implements Consumer<String> {

  private static final Pattern ID = Pattern.compile("[0-9]{8}T[0-9]{6}Z");
  private static final Pattern OBJECT =
      Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

  private final Map<String, Integer> counts = new ConcurrentHashMap<>();
  private final Listener listener;

  /** Told of each step, and how often there was one of this name, from 1. One at a time. */
  public interface Listener {
    void reached(String name, int occurrence);
  }

  public Checkpoints(Listener listener) {
    this.listener = listener;
  }

  /** While one thread is told nobody passes: who kills the program here kills it here. */
  @Override
  public synchronized void accept(String step) {
    String name = OBJECT.matcher(ID.matcher(step).replaceAll("ID")).replaceAll("OBJECT");
    listener.reached(name, counts.merge(name, 1, Integer::sum));
  }

  /** How often each step was reached. */
  public Map<String, Integer> counts() {
    return Map.copyOf(counts);
  }
}

package io.parsecbackup.testing;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * Counts the steps that {@link io.parsecbackup.repository.storage.folder.StableStorage} announces,
 * by names that are the same in each run: an id becomes {@code ID}, and an object's name {@code
 * OBJECT}.
 */
public final class Checkpoints implements Consumer<String> {

  private static final Pattern ID = Pattern.compile("[0-9]{8}T[0-9]{6}Z");
  private static final Pattern OBJECT =
      Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

  private final Map<String, Integer> counts = new ConcurrentHashMap<>();
  private final Listener listener;

  /** Called for each step with its occurrence, counted from 1. Calls do not overlap. */
  public interface Listener {
    void reached(String name, int occurrence);
  }

  public Checkpoints(Listener listener) {
    this.listener = listener;
  }

  /**
   * No other thread passes a step during this call, so a listener that kills the program kills it
   * exactly here.
   */
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

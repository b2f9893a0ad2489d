package io.parsecbackup.objectstore.content;

import java.util.OptionalLong;

/**
 * The limits of both directions. Each is a limit of its own, because a line has a capacity for each
 * direction: received bytes do not delay those that are sent.
 */
public record Bandwidth(RateLimit received, RateLimit sent) implements AutoCloseable {

  /** The same number of bytes per second for each direction; no limit if it is empty. */
  public static Bandwidth of(OptionalLong bytesPerSecond) {
    return new Bandwidth(new RateLimit(bytesPerSecond), new RateLimit(bytesPerSecond));
  }

  /** The same limits for one run, which closes them. See {@link RateLimit#forRun}. */
  public Bandwidth forRun() {
    return new Bandwidth(received.forRun(), sent.forRun());
  }

  @Override
  public void close() {
    received.close();
    sent.close();
  }
}

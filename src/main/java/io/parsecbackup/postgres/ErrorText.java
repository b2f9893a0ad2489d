package io.parsecbackup.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;

/**
 * The first and the last 8 KiB of a child's stderr, without secrets. The first lines name the cause
 * and the last ones the end; a lot of output between them must neither fill the memory nor block
 * the child.
 */
final class ErrorText {

  private static final int KEEP = 8 * 1024;

  private final Set<String> secrets;
  private final byte[] head = new byte[KEEP];
  private final byte[] ring = new byte[KEEP];
  private long total;

  ErrorText(Set<String> secrets) {
    this.secrets = Set.copyOf(secrets);
  }

  /** Reads {@code in} to its end, whatever its length. */
  void drain(InputStream in) throws IOException {
    byte[] buffer = new byte[KEEP];
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      add(buffer, n);
    }
  }

  private synchronized void add(byte[] bytes, int length) {
    for (int i = 0; i < length; i++) {
      if (total < KEEP) {
        head[(int) total] = bytes[i];
      } else {
        ring[(int) (total % KEEP)] = bytes[i];
      }
      total++;
    }
  }

  /** The text so far, trimmed. */
  synchronized String text() {
    if (total <= 2L * KEEP) {
      int length = (int) total;
      byte[] all = Arrays.copyOf(head, length);
      for (int i = KEEP; i < length; i++) {
        all[i] = ring[i % KEEP];
      }
      return withoutSecrets(all).strip();
    }
    byte[] tail = new byte[KEEP];
    for (int i = 0; i < KEEP; i++) {
      tail[i] = ring[(int) ((total + i) % KEEP)];
    }
    // A secret that the gap cuts in two would not be recognised, so the gap is larger by its
    // length.
    int margin = Math.min(KEEP, longestSecret());
    return withoutSecrets(Arrays.copyOf(head, KEEP - margin)).strip()
        + "\n… "
        + (total - 2L * KEEP + 2L * margin)
        + " bytes left out …\n"
        + withoutSecrets(Arrays.copyOfRange(tail, margin, KEEP)).strip();
  }

  private int longestSecret() {
    return secrets.stream()
        .mapToInt(s -> s.getBytes(StandardCharsets.UTF_8).length)
        .max()
        .orElse(0);
  }

  private String withoutSecrets(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    for (String secret : secrets) {
      text = text.replace(secret, "***");
    }
    return text;
  }
}

package io.parsecbackup.job;

/**
 * A kind of job. A process runs at most one job of each kind at a time.
 *
 * @param word its name in JSON, in the log and on the command line, such as {@code verify}
 */
public record JobKind(String word) {

  @Override
  public String toString() {
    return word;
  }
}

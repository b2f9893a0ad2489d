package io.parsecbackup.job;

/**
 * A kind of job. Of each kind at most one job runs in a process at a time.
 *
 * @param word what JSON, the log and the command line call it, such as {@code verify}
 */
public record JobKind(String word) {

  @Override
  public String toString() {
    return word;
  }
}

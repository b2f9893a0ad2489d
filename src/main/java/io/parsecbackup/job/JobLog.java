package io.parsecbackup.job;

import org.jboss.logging.Logger;

/**
 * The log of starts and ends of jobs. A one-shot command switches this category off, because it
 * prints the same itself.
 */
public final class JobLog {

  public static final Logger LOG = Logger.getLogger(JobLog.class);

  private JobLog() {}
}

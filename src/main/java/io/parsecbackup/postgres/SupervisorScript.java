package io.parsecbackup.postgres;

/**
 * What makes a child die with us. It does not do so by itself, and Linux's parent-death signal
 * follows the starting thread, not the program. So a small shell, whose stdin is a pipe that we
 * alone hold open, starts the child and a watcher. The watcher passes on the signals whose names we
 * write into the pipe; the pipe's end, which our death brings too, is KILL.
 *
 * <p>In POSIX sh a job in the background gets /dev/null as stdin, hence descriptor 3. setsid, where
 * there is one, takes shell and watcher out of our process group, so that a signal to that (a
 * terminal's Ctrl-C or end, {@code timeout}, {@code kill -- -PGID}) cannot cut the leash; and gives
 * the child a group of its own, so that KILL reaches the child's own children, with it or after it.
 * The shell lets go of stdout, so that its end is the child's end, and reaps both jobs: in a
 * container we may be process 1, which reaps no stranger. Its exit code is the child's, or 128 plus
 * the signal that ended it. Serves with dash, bash and BusyBox.
 */
final class SupervisorScript {

  /** For {@code sh -c}, with {@link #SCRIPT} as {@code $0} and its parameters behind it. */
  static final String START =
      """
      command -v setsid >/dev/null 2>&1 && exec setsid /bin/sh -c "$0" "$@"
      exec /bin/sh -c "$0" "$@"
      """;

  /** For {@code sh -c}, with the child's argv as positional parameters. */
  static final String SCRIPT =
      """
      trap '' INT QUIT
      command -v setsid >/dev/null 2>&1 && set -- setsid "$@"
      exec 3<&0
      "$@" </dev/null 3<&- &
      child=$!
      trap '' HUP TERM
      (
        while read -r signal <&3; do kill "-$signal" "$child"; done
        kill -KILL "-$child" || kill -KILL "$child"
      ) >/dev/null 2>&1 &
      watcher=$!
      exec </dev/null >/dev/null 2>&1 3<&-
      wait "$child"
      code=$?
      kill -KILL "-$child"
      kill -KILL "$watcher"
      wait "$watcher"
      exit "$code"
      """;

  private SupervisorScript() {}
}

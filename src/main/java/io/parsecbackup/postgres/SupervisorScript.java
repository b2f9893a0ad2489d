package io.parsecbackup.postgres;

/**
 * Shell scripts that end a child when this program dies. A child survives its parent by default,
 * and Linux's parent-death signal depends on the thread that started the child, not on the program.
 * So a small shell starts the child and a watcher. Its stdin is a pipe that only this program holds
 * open. The watcher sends the child each signal whose name this program writes into the pipe, and
 * KILL at the end of the pipe, which also comes when this program dies.
 *
 * <p>The pipe is descriptor 3, because a background job in POSIX sh gets /dev/null as stdin. {@code
 * setsid}, if it exists, moves the shell and the watcher out of this program's process group, so
 * that a signal to the group (Ctrl-C, {@code timeout}, {@code kill -- -PGID}) does not end them. It
 * also gives the child its own group, so that KILL reaches the child's own children. The shell
 * closes stdout, so that the end of stdout is the child's end, and reaps both jobs: in a container
 * this program may be process 1, which does not reap unknown processes. The exit code is the
 * child's, or 128 plus the signal that ended it. Works with dash, bash and BusyBox.
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

#!/usr/bin/env bash
# Demonstrates the program on this machine: installs what is missing, builds the program, starts a PostgreSQL and an S3 server
# with data like Parsec's, takes a real backup of both, and checks it with other tools than the program's own.
#
#   deploy/try.sh [BLOCKS [BLOCK_SIZE]]     number of objects, and bytes of each; the default is 2000 16384
#
# All files stay under target/try. The script stops everything that it started, even if it fails.
# Exit code 0 means that the backup contains everything; any other code means that something failed.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."

blocks=${1:-2000}
block_size=${2:-16384}
if [[ $# -gt 2 || ! $blocks =~ ^[1-9][0-9]*$ || ! $block_size =~ ^[1-9][0-9]*$ ]]; then
  echo "usage: deploy/try.sh [BLOCKS [BLOCK_SIZE]]" >&2
  exit 2
fi

try=target/try
# An absolute path: the program refuses a relative one, whose meaning depends on the current folder.
repository=$PWD/$try/repository
source_env=$try/source.env

step() {
  printf '\n==> %s\n' "$*"
}

fail() {
  printf '\ntry: FAILED: %s\n' "$*" >&2
  exit 1
}

# --- Stop everything that this script starts.

child=
stack=

ended() {
  local pid=$1 patience=$2
  for ((i = 0; i < patience * 10; i++)); do
    kill -0 "$pid" 2>/dev/null || return 0
    sleep 0.1
  done
  return 1
}

stop() {
  local pid=$1
  kill -TERM "$pid" 2>/dev/null || return 0
  ended "$pid" 10 || kill -KILL "$pid" 2>/dev/null || true
}

clean_up() {
  local status=$?
  trap - EXIT
  trap '' HUP INT TERM
  [[ -z $child ]] || stop "$child"
  if [[ -n $stack ]]; then
    # The stack runs until its standard input ends. So it also stops if this script is killed.
    exec 3>&-
    ended "$stack" 30 || stop "$stack"
  fi
  exit "$status"
}
trap clean_up EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# Runs a command in the background and waits for it, so that a signal takes effect at once and not when the command ends.
run() {
  local status=0
  "$@" </dev/null 3>&- &
  child=$!
  wait "$child" || status=$?
  child=
  return "$status"
}

# --- Set up and build.

deploy/setup.sh </dev/null
java=$(.mvn/wrapper/find-jdk)/bin/java

# Java takes the encoding of file names from the locale, which is ASCII on a minimal machine.
[[ $(locale charmap 2>/dev/null) == UTF-8 ]] || export LC_ALL=C.UTF-8

# Variables for another Parsec server, PostgreSQL's programs or Quarkus must not affect this demonstration.
for name in $(compgen -e | grep -E '^(PARSEC_|PG|QUARKUS_|AWS_CA_BUNDLE$)' || true); do
  unset "$name"
done

[[ ! -e target || -w target ]] || fail "target/ belongs to another user. Remove it and try again."
rm -rf "$try"
mkdir -p "$try"

step "Building the program"
run ./mvnw -B -q -DskipTests -Dspotless.check.skip package \
  dependency:build-classpath -DincludeScope=test "-Dmdep.outputFile=$PWD/$try/classpath" ||
  fail "the program could not be built."
# Operators do not need the JDK's warnings about libraries.
tool=("$java" --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow
  -Djava.util.logging.manager=org.jboss.logmanager.LogManager
  -cp "target/test-classes:target/classes:$(<"$try/classpath")")

# --- Start the servers to back up.

step "Starting PostgreSQL and an S3 server with $blocks blocks of $block_size bytes"
mkfifo "$try/stop"
"${tool[@]}" io.parsecbackup.testing.ParsecStackMain --blocks "$blocks" --block-size "$block_size" --keep "$try" \
  --env-file "$source_env" <"$try/stop" >"$try/stack.log" 2>&1 &
stack=$!
exec 3>"$try/stop"
for ((i = 0; ; i++)); do
  [[ ! -s $source_env ]] || break
  if ! kill -0 "$stack" 2>/dev/null || ((i > 3000)); then
    tail -n 40 "$try/stack.log" >&2
    fail "the servers did not start; their output is in $try/stack.log."
  fi
  sleep 0.1
done

# PARSEC_DB and PARSEC_BLOCKSTORE, as the Parsec server of this data would have them.
# shellcheck source=/dev/null
. "./$source_env"
export PARSEC_BACKUP_REPOSITORY=$repository

# --- The backup.

program=("$java" -jar target/quarkus-app/quarkus-run.jar)
step "parsec-backup backup"
run "${program[@]}" backup || fail "the backup ended with exit code $?."

step "parsec-backup list"
run "${program[@]}" list || fail "the list ended with exit code $?."

# --- Check with PostgreSQL's tools, coreutils, and a reader of the bucket that shares no code with the program.

published=("$repository"/backups/*/backup.json)
[[ ${#published[@]} -eq 1 && -f ${published[0]} ]] || fail "$repository/backups holds no published backup, or more than one."
backup=${published[0]%/backup.json}
id=${backup##*/}
grep -Eq '"state" *: *"complete"' "$backup/backup.json" || fail "$backup/backup.json does not say that the backup is complete."

step "pg_restore --list $backup/database.dump"
pg_restore=pg_restore
if ! command -v pg_restore >/dev/null; then
  for candidate in /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /opt/homebrew/opt/libpq/bin /usr/local/opt/libpq/bin; do
    [[ ! -x $candidate/pg_restore ]] || pg_restore=$candidate/pg_restore
  done
fi
"$pg_restore" --list "$backup/database.dump" >"$try/contents.txt" </dev/null || fail "pg_restore cannot read the dump."
grep -q ' TABLE DATA public block ' "$try/contents.txt" || fail "the dump contains no rows of the table block; see $try/contents.txt."
tables=$(grep -c ' TABLE DATA ' "$try/contents.txt")
echo "$tables tables with their rows; $try/contents.txt has the whole list"

step "sha256sum -c backups/$id/SHA256SUMS"
sha256=(sha256sum)
command -v sha256sum >/dev/null || sha256=(shasum -a 256)
(cd "$repository" && "${sha256[@]}" -c "backups/$id/SHA256SUMS" </dev/null) || fail "a file of the backup does not match SHA256SUMS."
files=$(grep -c . "$backup/SHA256SUMS")

step "Comparing every object with the bucket"
run "${tool[@]}" io.parsecbackup.testing.CompareWithBucket "$repository" >"$try/comparison.txt" 2>&1 || {
  tail -n 20 "$try/comparison.txt" >&2
  fail "objects/ and the bucket differ."
}
comparison=$(tail -n 1 "$try/comparison.txt")
echo "$comparison"

# --- Verify and restore with the program, then compare the restored data with other tools.

step "parsec-backup verify"
run "${program[@]}" verify || fail "the verification ended with exit code $?."

step "parsec-backup drill"
run "${program[@]}" drill || fail "the drill ended with exit code $?."

step "parsec-backup restore, into an empty database and an empty bucket"
run "${program[@]}" restore --database env:RESTORE_DB --blockstore env:RESTORE_BLOCKSTORE ||
  fail "the restore ended with exit code $?."

step "Comparing what was restored with its source"
for side in PARSEC RESTORE; do
  uri=${side}_DB
  "${pg_restore%pg_restore}pg_dump" --dbname="${!uri}" 2>>"$try/dump.log" </dev/null |
    grep -Ev '^\\(un)?restrict ' >"$try/$side.sql" || fail "pg_dump cannot read $uri; see $try/dump.log."
done
cmp "$try/PARSEC.sql" "$try/RESTORE.sql" || fail "the restored database differs from its source."
PARSEC_BLOCKSTORE=$RESTORE_BLOCKSTORE run "${tool[@]}" io.parsecbackup.testing.CompareWithBucket "$repository" \
  >"$try/restored.txt" 2>&1 || {
  tail -n 20 "$try/restored.txt" >&2
  fail "objects/ and the restored bucket differ."
}
restored=$(tail -n 1 "$try/restored.txt")
echo "$(wc -l <"$try/RESTORE.sql" | tr -d ' ') lines of SQL, the same on both sides; $restored"

cat <<END

------------------------------------------------------------------------
Backup $id is complete, equals its source, and was restored.
  database  $tables tables, $(wc -c <"$backup/database.dump" | tr -d ' ') bytes: pg_restore reads $backup/database.dump
  objects   $comparison
  digests   $files files match SHA256SUMS
  restored  $restored
All files are under $try. To inspect the backup with the program:
  PARSEC_BACKUP_REPOSITORY=$repository ${program[*]} show $id
------------------------------------------------------------------------
END

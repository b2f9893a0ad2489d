#!/bin/sh
# Installs what this machine needs to build, test and try parsec-backup. It asks no questions, and does nothing if everything
# is installed. Without root it installs nothing: it prints the commands to run, and exits with code 1.
# It supports apt, dnf, apk and brew. Exit code 0 means that nothing is missing.
set -eu
cd -- "$(dirname -- "$0")/.."
# No command may read standard input: the script asks no questions.
exec </dev/null

# pg_dump must be at least as new as the server that it dumps; the tests' own server is of this major version.
least_postgres=15

has() {
  command -v "$1" >/dev/null 2>&1
}

# --- What is missing? Each line of $missing is a short name and, after a tab, a description.

# Searches PATH, then the folders where distributions install several versions side by side, like the program itself.
has_postgres_client() {
  for bin in "$(dirname -- "$(command -v pg_dump || echo /nonexistent/pg_dump)")" /usr/lib/postgresql/*/bin /usr/pgsql-*/bin \
    /usr/libexec/postgresql*/bin /opt/homebrew/opt/libpq/bin /opt/homebrew/opt/postgresql@*/bin /usr/local/opt/libpq/bin \
    /usr/local/opt/postgresql@*/bin /home/linuxbrew/.linuxbrew/opt/libpq/bin; do
    if [ -x "$bin/pg_dump" ] && [ -x "$bin/pg_restore" ] && [ -x "$bin/psql" ]; then
      major=$("$bin/pg_dump" --version 2>/dev/null | sed -n 's/^pg_dump ([^)]*) \([0-9]*\).*/\1/p')
      [ -z "$major" ] || [ "$major" -lt "$least_postgres" ] || return 0
    fi
  done
  return 1
}

# One of these fetches Maven's distribution. Once it is unpacked, none is needed.
has_fetcher() {
  has mvn || has curl || has wget || [ -n "$(find "${MAVEN_USER_HOME:-${HOME:-/}/.m2}/wrapper/dists" -name mvn -path '*/bin/mvn' 2>/dev/null | head -n 1)" ]
}

need() {
  missing="$missing$1	$2
"
}

look() {
  missing=
  has_postgres_client || need postgres "PostgreSQL's client programs (pg_dump, pg_restore, psql), $least_postgres or newer"
  jdk_help=$(sh .mvn/wrapper/find-jdk 2>&1 >/dev/null) || need jdk "a JDK, 25 or newer"
  has_fetcher || need fetcher "mvn, curl or wget, to fetch Maven"
  { has tar && has gzip; } || need tar "tar and gzip"
  { has sha512sum && has sha256sum; } || { has shasum && [ "$(uname)" = Darwin ]; } || need coreutils "sha256sum and sha512sum"
  # The program flushes a backup to the disk with it before it publishes the backup.
  sync --help 2>&1 </dev/null | grep -q -e '-f' || has gsync || need sync "a sync that takes -f (GNU coreutils)"
  # The tests use it as operators do by hand.
  has aws || need aws "the aws command (AWS CLI)"
  # PostgreSQL's server refuses to run as root: the tests use one of these to drop root.
  [ "$(id -u)" -ne 0 ] || has unshare || has setpriv || need leave-root "unshare or setpriv (util-linux)"
}

names() {
  printf '%s' "$missing" | sed 's/	.*//'
}

look
if [ -z "$missing" ]; then
  echo "setup: nothing to install"
  exit 0
fi

# --- Which packages contain it? The script uses the first candidate that the distribution has.

if has apt-get; then manager=apt
elif has dnf; then manager=dnf
elif has apk; then manager=apk
elif has brew; then manager=brew
else manager=; fi

candidates() {
  case $manager-$1 in
    apt-postgres) echo postgresql-client ;;
    dnf-postgres) echo postgresql18 postgresql17 postgresql16 postgresql ;;
    apk-postgres) echo postgresql18-client postgresql17-client postgresql16-client postgresql15-client ;;
    brew-postgres) echo libpq ;;
    apt-jdk) echo openjdk-25-jdk-headless ;;
    dnf-jdk) echo java-25-openjdk-devel ;;
    apk-jdk) echo openjdk25-jdk ;;
    brew-jdk) echo openjdk@25 ;;
    apt-aws | brew-aws) echo awscli ;;
    dnf-aws) echo awscli2 awscli ;;
    apk-aws) echo aws-cli ;;
    *-fetcher) echo curl ;;
    brew-tar) echo gnu-tar ;;
    *-tar) echo tar ;;
    *-coreutils | *-sync) echo coreutils ;;
    *-leave-root) echo util-linux ;;
  esac
}

has_apt_lists() {
  [ -n "$(find /var/lib/apt/lists -maxdepth 1 -name '*_Packages*' 2>/dev/null | head -n 1)" ]
}

# Whether the distribution has a package. If the package lists were never fetched, this is unknown, and the answer is yes.
available() {
  case $manager in
    apt) ! has_apt_lists || apt-cache policy "$1" 2>/dev/null | grep '^  Candidate:' | grep -qv '(none)' ;;
    dnf) dnf -q list --available "$1" >/dev/null 2>&1 || dnf -q list --installed "$1" >/dev/null 2>&1 ;;
    apk) [ -n "$(apk search -x "$1" 2>/dev/null)" ] || [ -z "$(apk search -x musl 2>/dev/null)" ] ;;
    brew) brew info "$1" >/dev/null 2>&1 ;;
  esac
}

choose() {
  packages=
  for name in $(names); do
    for candidate in $(candidates "$name"); do
      if available "$candidate"; then
        packages="$packages $candidate"
        # TLS needs certificates, which are not installed without recommended packages.
        [ "$name-$manager" != fetcher-apt ] || packages="$packages ca-certificates"
        [ "$name-$manager" != tar-apt ] || packages="$packages gzip"
        [ "$name-$manager" != tar-dnf ] || packages="$packages gzip"
        break
      fi
    done
  done
}

# Both run a command. With arguments such as echo, they pass the command to these arguments instead.
refresh() {
  case $manager in
    apt) "$@" apt-get update -q -o DPkg::Lock::Timeout=300 ;;
    dnf) "$@" dnf -q makecache ;;
    apk) "$@" apk update -q ;;
    brew) : ;;
  esac
}

# shellcheck disable=SC2086 # $packages is a list
install() {
  case $manager in
    apt) "$@" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends -o DPkg::Lock::Timeout=300 $packages ;;
    dnf) "$@" dnf install -q -y $packages ;;
    apk) "$@" apk add -q $packages ;;
    brew) "$@" brew install -q $packages ;;
  esac
}

complain() {
  {
    echo "setup: this machine needs"
    printf '%s' "$missing" | sed 's/.*	/  - /'
    ! names | grep -qx aws || echo "    (if your distribution has no package of it, see https://docs.aws.amazon.com/cli/)"
    ! names | grep -qx jdk || printf '%s\n' "$jdk_help"
  } >&2
}

if [ -z "$manager" ]; then
  complain
  echo "setup: apt, dnf, apk and brew were not found: install these by hand." >&2
  exit 1
fi

# Homebrew refuses to run as root. The other package managers need root.
if [ "$manager" != brew ] && [ "$(id -u)" -ne 0 ]; then
  complain
  choose
  if [ -n "$packages" ]; then
    echo "setup: nothing was installed, because this is not root. Run these commands:"
    refresh echo "  sudo"
    install echo "  sudo"
  fi
  exit 1
fi

echo "setup: installing what is missing" >&2
refresh || echo "setup: the package lists could not be updated; continuing with the old ones" >&2
choose
if [ -n "$packages" ]; then
  install || echo "setup: the packages could not be installed:$packages" >&2
fi

look
if [ -n "$missing" ]; then
  complain
  exit 1
fi
echo "setup: done"

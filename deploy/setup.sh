#!/bin/sh
# Installs what this machine lacks to build, test and try parsec-backup. Asks nothing, and does nothing where all is
# there. Without root it installs nothing: it prints the commands that would, and exits 1.
# Knows apt, dnf, apk and brew. Exit code 0 means that nothing is lacking.
set -eu
cd -- "$(dirname -- "$0")/.."
# Standard input is not ours to read: nothing is asked.
exec </dev/null

# pg_dump must be at least as new as the server that it dumps; the tests' own server is of this major version.
least_postgres=15

has() {
  command -v "$1" >/dev/null 2>&1
}

# --- What is lacking? Each line of $lacking is a thing's short name and, after a tab, a person's words for it.

# PATH, then the folders where distributions keep several versions side by side: as the program itself looks.
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

# Maven's distribution comes through one of these; once it is unpacked none is needed.
has_fetcher() {
  has mvn || has curl || has wget || [ -n "$(find "${MAVEN_USER_HOME:-${HOME:-/}/.m2}/wrapper/dists" -name mvn -path '*/bin/mvn' 2>/dev/null | head -n 1)" ]
}

lack() {
  lacking="$lacking$1	$2
"
}

look() {
  lacking=
  has_postgres_client || lack postgres "PostgreSQL's client programs (pg_dump, pg_restore, psql), $least_postgres or newer"
  jdk_help=$(sh .mvn/wrapper/find-jdk 2>&1 >/dev/null) || lack jdk "a JDK, 25 or newer"
  has_fetcher || lack fetcher "mvn, curl or wget, to fetch Maven"
  { has tar && has gzip; } || lack tar "tar and gzip"
  { has sha512sum && has sha256sum; } || { has shasum && [ "$(uname)" = Darwin ]; } || lack coreutils "sha256sum and sha512sum"
  # A backup is flushed to the disk by this before it is published.
  sync --help 2>&1 </dev/null | grep -q -e '-f' || has gsync || lack sync "a sync that takes -f (GNU coreutils)"
  # The tests do with it what operators do by hand.
  has aws || lack aws "the aws command (AWS CLI)"
  # PostgreSQL's server refuses to run as root: the tests leave root through one of these.
  [ "$(id -u)" -ne 0 ] || has unshare || has setpriv || lack leave-root "unshare or setpriv (util-linux)"
}

names() {
  printf '%s' "$lacking" | sed 's/	.*//'
}

look
if [ -z "$lacking" ]; then
  echo "setup: nothing to install"
  exit 0
fi

# --- Which packages hold it? Of several candidates the first that the distribution has is taken.

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

# Whether the distribution has a package. On a machine whose package lists were never fetched nobody knows: then it has.
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
        # TLS needs its certificates, and packages without their recommendations leave them out.
        [ "$name-$manager" != fetcher-apt ] || packages="$packages ca-certificates"
        [ "$name-$manager" != tar-apt ] || packages="$packages gzip"
        [ "$name-$manager" != tar-dnf ] || packages="$packages gzip"
        break
      fi
    done
  done
}

# Both run a command, or, given a word such as echo, hand the command to it.
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
    echo "setup: this machine lacks"
    printf '%s' "$lacking" | sed 's/.*	/  - /'
    ! names | grep -qx aws || echo "    (a distribution that has no package of it: https://docs.aws.amazon.com/cli/ says how to install it)"
    ! names | grep -qx jdk || printf '%s\n' "$jdk_help"
  } >&2
}

if [ -z "$manager" ]; then
  complain
  echo "setup: none of apt, dnf, apk and brew is here: install that by hand." >&2
  exit 1
fi

# Homebrew refuses root and needs none; the others need it.
if [ "$manager" != brew ] && [ "$(id -u)" -ne 0 ]; then
  complain
  choose
  if [ -n "$packages" ]; then
    echo "setup: not root, so nothing was installed. These commands would:"
    refresh echo "  sudo"
    install echo "  sudo"
  fi
  exit 1
fi

echo "setup: installing what this machine lacks" >&2
refresh || echo "setup: the package lists could not be refreshed; trying with those that are here" >&2
choose
if [ -n "$packages" ]; then
  install || echo "setup: the packages could not be installed:$packages" >&2
fi

look
if [ -n "$lacking" ]; then
  complain
  exit 1
fi
echo "setup: done"

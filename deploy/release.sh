#!/usr/bin/env bash
# Makes a release, step by step as RELEASING.md describes it. Pushes nothing and uploads nothing.
#
#   deploy/release.sh [--dry-run] [VERSION]     VERSION as 0.1.0; default: the version of pom.xml without -SNAPSHOT
#
# --dry-run works on a clone of the last commit, under target/, and packs the program that target/ contains instead of
# building and testing it. It changes nothing else, and needs no network.
# Exit code 0: the release is committed and tagged, and its files are in target/release. 2: wrong usage.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."
exec </dev/null

fail() {
  printf 'release: %s\n' "$*" >&2
  exit 1
}

step() {
  printf '\n==> %s\n' "$*"
}

# The project's version is the first one in pom.xml.
pom_version() {
  sed -n 's/^  <version>\(.*\)<\/version>$/\1/p' pom.xml | head -n 1
}

dry_run=
if [[ ${1:-} == --dry-run ]]; then
  dry_run=true
  shift
fi
snapshot=$(pom_version)
version=${1:-${snapshot%-SNAPSHOT}}
if [[ $# -gt 1 || ! $version =~ ^(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)$ ]]; then
  echo "usage: deploy/release.sh [--dry-run] [VERSION], where VERSION is three numbers such as 0.1.0" >&2
  exit 2
fi
next=${version%.*}.$((${version##*.} + 1))-SNAPSHOT
tag=v$version
root=$PWD
release=$root/target/release

tar --version 2>/dev/null | grep -q GNU || fail "GNU tar is required: other ones cannot make the same archive twice."

# Replaces the first line of FILE that matches PATTERN by TEXT.
replace_line() {
  local file=$1 pattern=$2 text=$3
  grep -qE -- "$pattern" "$file" || fail "$file has no line that matches $pattern."
  awk -v pattern="$pattern" -v text="$text" '!done && $0 ~ pattern { print text; done = 1; next } { print }' "$file" >"$file.new"
  cat "$file.new" >"$file"
  rm "$file.new"
}

set_version() {
  replace_line pom.xml '^  <version>.*</version>$' "  <version>$1</version>"
  replace_line docs/openapi.yaml '^  version: ' "  version: $1"
}

# The text under the changelog's heading of the release that is being made.
release_notes() {
  awk '/^## / { inside = ($2 == "[Unreleased]"); next } inside { print }' CHANGELOG.md
}

# --- Checks.

[[ $snapshot == *-SNAPSHOT ]] || fail "the version in pom.xml is $snapshot, not a -SNAPSHOT: the last release was not finished."
[[ -n $(release_notes | tr -d '[:space:]') ]] || fail "CHANGELOG.md has nothing under [Unreleased]."
git rev-parse --verify -q "refs/tags/$tag" >/dev/null && fail "the tag $tag exists already."
if [[ $dry_run ]]; then
  [[ -f target/quarkus-app/quarkus-run.jar ]] ||
    fail "--dry-run packs the program that target/ contains. Build it first: ./mvnw package -DskipTests"
  clone=$root/target/release-dry-run
  rm -rf "$clone"
  git clone -q --no-hardlinks "$root" "$clone"
  cd "$clone"
  # A machine may have no identity for commits, or sign them.
  export GIT_CONFIG_GLOBAL=/dev/null
  git config user.name 'dry run'
  git config user.email dry-run@localhost
else
  [[ -z $(git status --porcelain) ]] || fail "the working tree has changes. Commit or remove them first."
fi

# --- The commit of the release.

step "Version $version, in pom.xml, docs/openapi.yaml, deploy/kubernetes and CHANGELOG.md"
today=$(date -u +%F)
notes=$(release_notes)
set_version "$version"
# Archives are dated by it, so that the same sources give the same bytes.
replace_line pom.xml '^    <project.build.outputTimestamp>' "    <project.build.outputTimestamp>${today}T00:00:00Z</project.build.outputTimestamp>"
grep -rlE '^    newTag: ' deploy/kubernetes | while IFS= read -r file; do
  replace_line "$file" '^    newTag: ' "    newTag: $version"
done
replace_line CHANGELOG.md '^## \[Unreleased\]$' "## [Unreleased]

## [$version] - $today"
git commit -q -a -m "Release $version"
git --no-pager show --stat --format=%s HEAD

# --- Build and test.

if [[ $dry_run ]]; then
  step "Packing what target/ contains: a dry run builds nothing"
else
  step "Building and testing"
  ./mvnw -B -ntp clean verify
  .ci/reproducible
  if [[ $(sh .mvn/can-build-native "$(.mvn/wrapper/find-jdk)") == true ]]; then
    ./mvnw -B -ntp package -Dnative -DskipTests
  fi
fi

# --- The files of the release.

step "Archive, bill of materials and checksums"
rm -rf "$release"
name=parsec-backup-$version
stage=$release/$name
mkdir -p "$stage"
printf '%s\n' "$notes" >"$release/notes.md"
cp -R "$root/target/quarkus-app/." LICENSE CHANGELOG.md "$stage"
tar --create --sort=name --format=gnu --owner=0 --group=0 --numeric-owner --mode=go=rX,u+rw --mtime="${today}T00:00:00Z" \
  --directory "$release" "$name" | gzip -9n >"$release/$name.tar.gz"
rm -r "$stage"
if [[ -f $root/target/bom.json ]]; then
  cp "$root/target/bom.json" "$release/$name.cdx.json"
elif [[ $dry_run ]]; then
  echo "no bill of materials: an offline build makes none"
else
  fail "target/bom.json is missing. Build without Maven's -o."
fi
for native in "$root"/target/parsec-backup-*-runner; do
  if [[ -f $native ]]; then
    cp "$native" "$release/$name-linux-$(uname -m)"
  fi
done
cat >"$release/images.txt" <<END
parsec-backup:$version        docker build -f Dockerfile.native -t parsec-backup:$version .
parsec-backup:$version-jvm    docker build -f deploy/Dockerfile.jvm -t parsec-backup:$version-jvm .
END
(cd "$release" && sha256sum -- "$name"* >SHA256SUMS && sha256sum --quiet -c SHA256SUMS)
cat "$release/SHA256SUMS" "$release/images.txt"

# --- The tag, and the next version.

step "Tag $tag, then version $next"
if [[ -n $(git config user.signingkey || true) ]]; then
  git tag -s "$tag" -F "$release/notes.md" --cleanup=verbatim
else
  git tag -a "$tag" -F "$release/notes.md" --cleanup=verbatim
fi
set_version "$next"
git commit -q -a -m "Begin version $next"
git --no-pager log --oneline --decorate -n 3

if [[ $dry_run ]]; then
  cd "$root"
  rm -rf "$clone"
  step "Dry run of $version done: nothing was changed outside of target/"
else
  step "Release $version is committed and tagged here. RELEASING.md says what to push and upload."
fi

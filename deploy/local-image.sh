#!/usr/bin/env bash
# Builds the image of deploy/Dockerfile.jvm without a registry and without a container engine: on a Debian 13 that debootstrap
# creates here, with the JDK of this machine. Needs root, buildah, debootstrap, and the built program (./mvnw package).
#
#   deploy/local-image.sh [FOLDER]     FOLDER holds the images and the Debian system; the default is target/image
#
# Writes the image's configuration as JSON to FOLDER/config.json, and prints the folder of its root file system as the last line.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."

folder=$(realpath -m -- "${1:-target/image}")
mkdir -p "$folder"
java_home=$(.mvn/wrapper/find-jdk)
tools() {
  buildah --root "$folder/storage" --runroot "$folder/run" --storage-driver vfs "$@"
}

# Use an existing Debian again, unless its creation was interrupted.
if [[ ! -e $folder/debian.done ]]; then
  rm -rf "$folder/debian"
  debootstrap --variant=minbase trixie "$folder/debian" >&2
  rm -rf "$folder/debian/var/cache/apt/archives"/*.deb
  touch "$folder/debian.done"
fi

if ! tools inspect --type image localhost/jdk >/dev/null 2>&1; then
  base=$(tools from scratch)
  tools add --quiet "$base" "$folder/debian" / >&2
  tools commit --quiet "$base" localhost/debian >&2
  # A distribution's JDK contains links to files outside its folder, for example certificates. jlink needs these files.
  rm -rf "$folder/jdk"
  cp -rL "$java_home" "$folder/jdk"
  tools copy --quiet "$base" "$folder/jdk" /opt/jdk >&2
  tools config --env JAVA_HOME=/opt/jdk "$base"
  tools commit --quiet "$base" localhost/jdk >&2
  tools rm "$base" >&2
fi

# Docker's format, because the OCI format has no health check.
tools bud --isolation chroot --format docker --file deploy/Dockerfile.jvm --tag localhost/parsec-backup \
  --build-arg JDK_IMAGE=localhost/jdk --build-arg RUNTIME_IMAGE=localhost/debian . \
  >"$folder/build.log" 2>&1 || {
  cat "$folder/build.log" >&2
  exit 1
}
tools inspect --type image localhost/parsec-backup >"$folder/config.json"
tools rm --all >/dev/null
tools rmi --prune >/dev/null
container=$(tools from localhost/parsec-backup)
tools mount "$container"

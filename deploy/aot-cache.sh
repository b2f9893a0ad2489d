#!/usr/bin/env bash
# Makes target/parsec-backup.aot for the program in target/quarkus-app: with -XX:AOTCache=target/parsec-backup.aot the JVM starts faster,
# and compiles less while it copies objects. Runs one backup of demonstration data for this, about half a minute.
#
#   deploy/aot-cache.sh [CLASSPATH_FILE]     the file holds the class path of the tests; without it, the script builds the program first
#
# A JVM of another build, or another build of the program, ignores the file.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."

if [[ $# -gt 1 ]]; then
  echo "usage: deploy/aot-cache.sh [CLASSPATH_FILE]" >&2
  exit 2
fi
java=$(.mvn/wrapper/find-jdk)/bin/java
classpath=${1:-target/aot.classpath}
if [[ $# == 0 ]]; then
  ./mvnw -B -q -DskipTests -Dspotless.check.skip package \
    dependency:build-classpath -DincludeScope=test "-Dmdep.outputFile=$PWD/$classpath"
fi
exec "$java" --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
  -Djava.util.logging.manager=org.jboss.logmanager.LogManager -cp "target/test-classes:target/classes:$(<"$classpath")" \
  io.parsecbackup.testing.AotCacheMain target/quarkus-app target/parsec-backup.aot </dev/null

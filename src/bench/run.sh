#!/bin/sh
# Runs a benchmark by its name:  src/bench/run.sh SyncBenchmark [ARGUMENT…]
# It starts a PostgreSQL and an S3 server of its own and works in the temporary folder; those with
# peers need the aws command too, ReferencesBenchmark also rclone, unless it gets --peers=none.
set -eu
cd -- "$(dirname -- "$0")/../.."
./mvnw -B -q package -DskipTests dependency:build-classpath -DincludeScope=test -Dmdep.outputFile=target/test.classpath
java=$(.mvn/wrapper/find-jdk)/bin/java
name=$1
shift
exec "$java" -cp "target/test-classes:target/classes:$(cat target/test.classpath)" "io.parsecbackup.bench.$name" "$@"

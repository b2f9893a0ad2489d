#!/bin/sh
# Runs a benchmark:
#   src/bench/run.sh                          the one for before and after a change: ProgramBenchmark, about five minutes
#   src/bench/run.sh ProgramBenchmark 5       the same with arguments
#   src/bench/run.sh NAME [ARGUMENT...]       another benchmark of src/bench/java
#   src/bench/run.sh jmh [ARGUMENT...]        the microbenchmarks of src/bench/jmh, with JMH's own arguments
# All but jmh start a PostgreSQL and an S3 server of their own and work in the temporary folder. ProgramBenchmark compares with
# rclone if it is installed. The others with peers need aws; ReferencesBenchmark needs rclone too, unless it gets --peers=none.
set -eu
cd -- "$(dirname -- "$0")/../.."
java=$(.mvn/wrapper/find-jdk)/bin/java
name=${1:-ProgramBenchmark}
[ $# -eq 0 ] || shift
case $name in
  jmh)
    # Error Prone has a processor path of its own, on which JMH's processor is not.
    ./mvnw -B -q -Pjmh -Dlint=false test-compile dependency:build-classpath -DincludeScope=test -Dmdep.outputFile=target/jmh.classpath
    exec "$java" -cp "target/test-classes:target/classes:$(cat target/jmh.classpath)" org.openjdk.jmh.Main "$@"
    ;;
  *)
    ./mvnw -B -q package -DskipTests dependency:build-classpath -DincludeScope=test -Dmdep.outputFile=target/test.classpath
    exec "$java" -cp "target/test-classes:target/classes:$(cat target/test.classpath)" "io.parsecbackup.bench.$name" "$@"
    ;;
esac

#!/bin/sh
# Runs a benchmark:
#   src/bench/run.sh                          ProgramBenchmark, to run before and after a change: about five minutes
#   src/bench/run.sh ProgramBenchmark 5       the same with arguments
#   src/bench/run.sh NAME [ARGUMENT...]       another benchmark of src/bench/java
#   src/bench/run.sh jmh [ARGUMENT...]        the microbenchmarks of src/bench/jmh, with JMH's own arguments
# All except jmh start their own PostgreSQL and S3 server and use the temporary folder. ProgramBenchmark compares with
# rclone if it is installed. The other benchmarks that compare programs need aws; ReferencesBenchmark also needs rclone, unless it gets --peers=none.
set -eu
cd -- "$(dirname -- "$0")/../.."
java=$(.mvn/wrapper/find-jdk)/bin/java
name=${1:-ProgramBenchmark}
[ $# -eq 0 ] || shift
case $name in
  jmh)
    # Error Prone has its own processor path, which does not contain the processor of JMH.
    ./mvnw -B -q -Pjmh -Dlint=false test-compile dependency:build-classpath -DincludeScope=test -Dmdep.outputFile=target/jmh.classpath
    exec "$java" -cp "target/test-classes:target/classes:$(cat target/jmh.classpath)" org.openjdk.jmh.Main "$@"
    ;;
  *)
    ./mvnw -B -q package -DskipTests dependency:build-classpath -DincludeScope=test -Dmdep.outputFile=target/test.classpath
    exec "$java" -cp "target/test-classes:target/classes:$(cat target/test.classpath)" "io.parsecbackup.bench.$name" "$@"
    ;;
esac

#!/bin/sh
# Builds and runs a benchmark:
#   src/bench/run.sh [OPTION...]              ProgramBenchmark: before and after a change, and beside rclone; about five minutes
#   src/bench/run.sh --help                   its options
#   src/bench/run.sh jmh [ARGUMENT...]        the microbenchmarks of src/bench/jmh, with JMH's own arguments; about a minute
#   src/bench/run.sh NAME [ARGUMENT...]       another benchmark of src/bench/java
# Benchmarks start their own PostgreSQL and S3 servers and work in the temporary folder. They need GNU time. Those other than
# ProgramBenchmark need aws if they compare with it; ReferencesBenchmark also needs rclone, unless it gets --peers=none.
# BucketToBucketBenchmark needs rclone unless it gets --no-rclone, and strace for --trace.
set -eu
cd -- "$(dirname -- "$0")/../.."
java=$(.mvn/wrapper/find-jdk)/bin/java

maven() {
  file=target/$1.classpath
  shift
  ./mvnw -B -ntp -q "$@" dependency:build-classpath -DincludeScope=test -Dmdep.outputFile="$file"
  classpath=target/classes:$(cat "$file")
}

case ${1:-} in
  jmh)
    shift
    maven jmh -Pjmh compile
    rm -rf target/jmh
    mkdir -p target/jmh/tmp
    # Not the build's compiler settings: Error Prone has its own processor path, which does not contain JMH's processor.
    find src/bench/jmh -name '*.java' >target/jmh/sources
    "${java}c" -proc:full -cp "$classpath" -d target/jmh @target/jmh/sources
    # JMH and the benchmarks write to the temporary folder. java 24 and newer warn about JMH's use of Unsafe.
    exec "$java" -Djava.io.tmpdir=target/jmh/tmp --sun-misc-unsafe-memory-access=allow -cp "target/jmh:$classpath" \
      org.openjdk.jmh.Main "$@"
    ;;
  '' | -*) name=ProgramBenchmark ;;
  *)
    name=$1
    shift
    ;;
esac
goal=package
for argument; do
  case $argument in
    # Other builds are measured instead of this one.
    --program | --program=*) goal=test-compile ;;
  esac
done
maven test "$goal" -DskipTests
exec "$java" -Djava.util.logging.manager=org.jboss.logmanager.LogManager -cp "target/test-classes:$classpath" \
  "io.parsecbackup.bench.$name" "$@"

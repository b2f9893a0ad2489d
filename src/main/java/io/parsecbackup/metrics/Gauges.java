package io.parsecbackup.metrics;

import io.parsecbackup.job.JobState;
import io.prometheus.client.Collector.MetricFamilySamples;
import io.prometheus.client.GaugeMetricFamily;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;

/** Collects gauges. An unknown value has no sample; Micrometer's own gauges would report NaN. */
final class Gauges {

  private static final Logger LOG = Logger.getLogger(Gauges.class);

  private final List<MetricFamilySamples> families = new ArrayList<>();

  /** Reads a value of the repository. */
  interface Reader<T> {
    Optional<T> read() throws IOException;
  }

  /** The value; empty, with a warning in the log, if the repository cannot be read. */
  static <T> Optional<T> read(String what, Reader<T> reader) {
    try {
      return reader.read();
    } catch (IOException | RuntimeException e) {
      LOG.warnf("cannot read %s for metrics: %s", what, e.getMessage());
      return Optional.empty();
    }
  }

  Gauges value(String name, String help, Optional<? extends Number> value) {
    value.ifPresent(known -> families.add(new GaugeMetricFamily(name, help, known.doubleValue())));
    return this;
  }

  /** A Unix time in seconds. */
  Gauges time(String name, String help, Optional<Instant> time) {
    return value(name, help, time.map(known -> known.toEpochMilli() / 1e3));
  }

  /** 1 or 0. */
  Gauges flag(String name, String help, Optional<Boolean> flag) {
    return value(name, help, flag.map(set -> set ? 1 : 0));
  }

  /** 1 for the current state, 0 for the other possible ones. */
  Gauges state(String name, String help, Set<JobState> possible, Optional<JobState> state) {
    state.ifPresent(known -> {
      GaugeMetricFamily family = new GaugeMetricFamily(name, help, List.of("state"));
      possible.forEach(one -> family.addMetric(List.of(one.word()), one == known ? 1 : 0));
      families.add(family);
    });
    return this;
  }

  /** One for each label that has a value. */
  Gauges values(String name, String help, String label, Map<String, Double> values) {
    if (!values.isEmpty()) {
      GaugeMetricFamily family = new GaugeMetricFamily(name, help, List.of(label));
      values.forEach((key, value) -> family.addMetric(List.of(key), value));
      families.add(family);
    }
    return this;
  }

  List<MetricFamilySamples> families() {
    return List.copyOf(families);
  }
}

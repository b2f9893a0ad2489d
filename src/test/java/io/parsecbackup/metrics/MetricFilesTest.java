package io.parsecbackup.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.parsecbackup.testing.DocumentedCommands;
import io.parsecbackup.testing.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The alerts and the dashboard use only metrics that the program reports, and promtool accepts
 * them.
 */
class MetricFilesTest {

  private static final Path DEPLOY = Path.of("deploy");
  private static final Path RULES = DEPLOY.resolve("prometheus/rules.yaml");
  private static final Path RULES_TEST = DEPLOY.resolve("prometheus/rules-test.yaml");
  private static final Path DASHBOARD = DEPLOY.resolve("grafana/dashboard.json");
  private static final Path PAGE = Path.of("docs", "metrics.md");

  private static final Pattern METRIC = Pattern.compile("parsec_[a-z_]+");
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `(parsec_[a-z_]+)`");
  private static final Pattern ALERT = Pattern.compile("`(ParsecBackup[A-Za-z]+)`");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  @TempDir Path folder;

  @Test
  void alertsAndDashboardUseDocumentedMetricsOnly() throws IOException {
    Set<String> documented = found(ROW, Files.readString(PAGE), 1);
    for (String expression : expressions()) {
      Set<String> asked = found(METRIC, expression, 0);
      assertFalse(asked.isEmpty(), expression);
      assertTrue(
          documented.containsAll(asked),
          () -> expression + " uses metrics that are not documented");
    }
  }

  @Test
  void eachAlertIsDocumentedAndTested() throws IOException {
    Set<String> alerts = alerts();
    assertEquals(alerts, found(ALERT, Files.readString(PAGE), 1));
    String tests = Files.readString(RULES_TEST);
    alerts.forEach(alert -> assertTrue(tests.contains("alertname=\"" + alert + "\""), alert));
    for (JsonNode rule : rules()) {
      for (String word : List.of("/labels/severity", "/annotations/summary")) {
        assertFalse(rule.at(word).asText().isEmpty(), rule + " has no " + word);
      }
      assertTrue(rule.at("/annotations/description").asText().length() > 40, rule::toString);
    }
  }

  @Test
  void promtoolAcceptsTheRulesAndTheirTests() throws Exception {
    promtool("check", "rules", RULES.toString());
    promtool("test", "rules", RULES_TEST.toString());
  }

  @Test
  void promtoolAcceptsEachExpressionOfTheDashboard() throws Exception {
    ObjectNode rules = JSON.createObjectNode();
    ObjectNode group = rules.putArray("groups").addObject().put("name", "dashboard");
    ArrayNode list = group.putArray("rules");
    for (String expression : dashboard().toList()) {
      list.addObject()
          .put("record", "panel:" + list.size())
          .put("expr", expression.replace("$instance", ".*"));
    }
    assertTrue(list.size() > 10, rules::toString);
    Path file = folder.resolve("dashboard.yaml");
    YAML.writeValue(file.toFile(), rules);
    promtool("check", "rules", file.toString());
  }

  @Test
  void promtoolAcceptsTheDocumentedConfiguration() throws Exception {
    String lines =
        DocumentedCommands.under("metrics.md", "Metrics")
            + "\nrule_files: ['"
            + RULES.toAbsolutePath()
            + "']\n";
    Path file = Files.writeString(folder.resolve("prometheus.yml"), lines);
    promtool("check", "config", file.toString());
  }

  private static List<String> expressions() throws IOException {
    Stream<String> alerting = rules().stream().map(rule -> rule.path("expr").asText());
    return Stream.concat(alerting, dashboard()).toList();
  }

  private static List<JsonNode> rules() throws IOException {
    JsonNode groups = YAML.readTree(RULES.toFile()).path("groups");
    return groups.findValues("rules").stream().flatMap(rules -> rules.valueStream()).toList();
  }

  private static Set<String> alerts() throws IOException {
    return rules().stream()
        .map(rule -> rule.path("alert").asText())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Stream<String> dashboard() throws IOException {
    return JSON.readTree(DASHBOARD.toFile()).findValues("expr").stream().map(JsonNode::asText);
  }

  private static Set<String> found(Pattern pattern, String text, int group) {
    return pattern
        .matcher(text)
        .results()
        .map(match -> match.group(group))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static void promtool(String... arguments) throws Exception {
    new Tool("promtool").assumeInstalled().run(arguments);
  }
}

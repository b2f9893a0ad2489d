package io.parsecbackup.backup.parts;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.backup.Backup;
import io.parsecbackup.backup.BackupJson;
import io.parsecbackup.backup.BackupReport;
import io.parsecbackup.backup.Progress;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.Workspace.StagedFile;
import io.parsecbackup.repository.plan.Plan;
import io.parsecbackup.repository.storage.RunId;
import java.io.IOException;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the plan's document says about the backup, beside the files of the plan. */
record PlannedBackup(Plan plan) {

  private static final String BACKUP = "backup";
  private static final String NOTES = "notes";
  private static final String BUCKETS = "buckets";
  private static final String KNOWS_REFERENCES = "knowsReferences";
  private static final String DAMAGED_SEGMENTS = "damagedSegments";
  private static final String STAGED = "staged";
  private static final String FIGURES = "figures";

  /**
   * What is known when the plan is made.
   *
   * @param staged the backup's files that have their final names
   * @param damagedSegments see {@link io.parsecbackup.backup.BackupRun.Prepared}
   */
  record Facts(
      boolean knowsReferences,
      List<String> buckets,
      Map<String, StagedFile> staged,
      List<RunId> damagedSegments) {}

  static ObjectNode document(Facts facts, BackupReport report, Progress progress) {
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    ObjectNode backup = BackupJson.toJson(report.running());
    // Only a complete backup shows it.
    report.covered().ifPresent(at -> backup.put("coveredUntil", at.toString()));
    document.set(BACKUP, backup);
    strings(document, NOTES, report.notes());
    strings(document, BUCKETS, facts.buckets());
    document.put(KNOWS_REFERENCES, facts.knowsReferences());
    strings(document, DAMAGED_SEGMENTS, facts.damagedSegments().stream().map(RunId::text).toList());
    ObjectNode staged = document.putObject(STAGED);
    facts
        .staged()
        .forEach((name, file) ->
            staged.putObject(name).put("sha256", file.sha256()).put("bytes", file.bytes()));
    figures(document, progress);
    return document;
  }

  private static void strings(ObjectNode document, String field, List<String> values) {
    values.forEach(document.putArray(field)::add);
  }

  /** Adds the counters of a step to its document. */
  static void figures(ObjectNode document, Progress progress) {
    ObjectNode figures = document.putObject(FIGURES);
    progress.sync().figures().forEach(figures::put);
  }

  /** Adds the counters in a step's document to those of this process. */
  static void count(JsonNode document, Progress progress) {
    Map<String, Long> figures = new TreeMap<>();
    document
        .path(FIGURES)
        .properties()
        .forEach(figure -> figures.put(figure.getKey(), figure.getValue().asLong()));
    progress.sync().add(figures);
  }

  /**
   * The newest planned backup, open or published.
   *
   * @throws Problem of kind NOT_FOUND if there is no such backup
   */
  static Plan newest(Repository repository) throws IOException {
    return repository.plans().newest().orElseThrow(PlannedBackup::nothingPlanned);
  }

  static Problem nothingPlanned() {
    return new Problem(
        Kind.NOT_FOUND, "no backup is planned in this repository. Run 'backup --plan N' first");
  }

  boolean knowsReferences() {
    return json().path(KNOWS_REFERENCES).asBoolean();
  }

  List<String> buckets() {
    return strings(BUCKETS);
  }

  List<RunId> damagedSegments() {
    return RunId.all(strings(DAMAGED_SEGMENTS), "");
  }

  Map<String, StagedFile> staged() {
    Map<String, StagedFile> files = new LinkedHashMap<>();
    json()
        .path(STAGED)
        .properties()
        .forEach(file ->
            files.put(
                file.getKey(),
                new StagedFile(
                    file.getValue().path("sha256").asText(),
                    file.getValue().path("bytes").asLong())));
    return files;
  }

  /** The report of the backup, to continue it in this process. */
  BackupReport report(Clock clock, Progress progress) {
    Backup backup = BackupJson.fromJson(json().path(BACKUP)).orElseThrow();
    return BackupReport.resumed(
        plan.id(), backup, strings(NOTES), knowsReferences(), clock, progress);
  }

  private List<String> strings(String field) {
    return json().path(field).valueStream().map(JsonNode::asText).toList();
  }

  private ObjectNode json() {
    return plan.document();
  }
}

package io.parsecbackup;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Imports run downward only, between packages that stay small. */
@AnalyzeClasses(packages = "io.parsecbackup", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  private static final int MOST_FILES = 30;

  /** A class with its nested classes is one slice. */
  private static final SliceAssignment TOP_LEVEL_CLASSES =
      new SliceAssignment() {
        @Override
        public SliceIdentifier getIdentifierOf(JavaClass javaClass) {
          return javaClass.getPackageName().startsWith("io.parsecbackup")
              ? SliceIdentifier.of(javaClass.getName().replaceFirst("\\$.*", ""))
              : SliceIdentifier.ignore();
        }

        @Override
        public String getDescription() {
          return "top-level classes";
        }
      };

  @ArchTest
  static final ArchRule importsRunDownward =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("doors")
          .definedBy(
              "io.parsecbackup.api..",
              "io.parsecbackup.cli..",
              "io.parsecbackup.health..",
              "io.parsecbackup.metrics..")
          .layer("schedule")
          .definedBy("io.parsecbackup.schedule..")
          .layer("jobs")
          .definedBy(
              "io.parsecbackup.backup..",
              "io.parsecbackup.restore..",
              "io.parsecbackup.retention..",
              "io.parsecbackup.copy..")
          .layer("job")
          .definedBy("io.parsecbackup.job..")
          .layer("dump and object store")
          .definedBy("io.parsecbackup.dump..", "io.parsecbackup.objectstore..")
          .layer("repository")
          .definedBy("io.parsecbackup.repository..")
          .layer("postgres and parsec")
          .definedBy("io.parsecbackup.postgres..", "io.parsecbackup.parsec..")
          .whereLayer("doors")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("schedule")
          .mayOnlyBeAccessedByLayers("doors")
          .whereLayer("jobs")
          .mayOnlyBeAccessedByLayers("doors", "schedule")
          .whereLayer("job")
          .mayOnlyBeAccessedByLayers("doors", "schedule", "jobs")
          .whereLayer("dump and object store")
          .mayOnlyBeAccessedByLayers("doors", "jobs")
          .whereLayer("repository")
          .mayOnlyBeAccessedByLayers("doors", "jobs", "job", "dump and object store")
          .whereLayer("postgres and parsec")
          .mayOnlyBeAccessedByLayers("doors", "jobs", "dump and object store", "repository");

  @ArchTest
  static final ArchRule noCycleBetweenPackages =
      slices().matching("io.parsecbackup.(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule noCycleBetweenClasses =
      slices().assignedFrom(TOP_LEVEL_CLASSES).should().beFreeOfCycles();

  @ArchTest
  static final ArchRule backupDoesNotKnowRestore =
      noClasses()
          .that()
          .resideInAPackage("io.parsecbackup.backup..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.parsecbackup.restore..");

  @ArchTest
  static final ArchRule dumpAndObjectStoreDoNotKnowEachOther =
      slices().matching("io.parsecbackup.(dump|objectstore)..").should().notDependOnEachOther();

  @ArchTest
  static final ArchRule theSharedVocabularyKnowsNoPackage =
      noClasses()
          .that()
          .resideInAPackage("io.parsecbackup")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.parsecbackup.*..");

  @ArchTest
  static void packagesStaySmall(JavaClasses classes) {
    Map<String, Long> files =
        classes.stream()
            .filter(JavaClass::isTopLevelClass)
            .collect(
                Collectors.groupingBy(
                    JavaClass::getPackageName, TreeMap::new, Collectors.counting()));
    files.values().removeIf(count -> count <= MOST_FILES);
    assertEquals(Map.of(), files);
  }
}

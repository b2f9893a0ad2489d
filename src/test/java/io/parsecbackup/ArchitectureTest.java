package io.parsecbackup;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The rooms of the house: imports run downward only. */
@AnalyzeClasses(packages = "io.parsecbackup", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  private static final String[] DOORS = {
    "io.parsecbackup.api..",
    "io.parsecbackup.cli..",
    "io.parsecbackup.health..",
    "io.parsecbackup.metrics..",
    "io.parsecbackup.schedule.."
  };

  @ArchTest
  static final ArchRule importsRunDownward =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("doors")
          .definedBy(DOORS)
          .layer("backup and restore")
          .definedBy("io.parsecbackup.backup..", "io.parsecbackup.restore..")
          .layer("dump and sync")
          .definedBy("io.parsecbackup.dump..", "io.parsecbackup.sync..")
          .layer("parsec and repository")
          .definedBy("io.parsecbackup.parsec..", "io.parsecbackup.repository..")
          .whereLayer("doors")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("backup and restore")
          .mayOnlyBeAccessedByLayers("doors")
          .whereLayer("dump and sync")
          .mayOnlyBeAccessedByLayers("doors", "backup and restore");

  @ArchTest
  static final ArchRule noRoomNeedsItself =
      slices().matching("io.parsecbackup.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule parsecAndRepositoryKnowNoOtherRoom =
      noClasses()
          .that()
          .resideInAnyPackage("io.parsecbackup.parsec..", "io.parsecbackup.repository..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.parsecbackup.backup..",
              "io.parsecbackup.restore..",
              "io.parsecbackup.dump..",
              "io.parsecbackup.sync..",
              "io.parsecbackup.api..",
              "io.parsecbackup.cli..",
              "io.parsecbackup.health..",
              "io.parsecbackup.metrics..",
              "io.parsecbackup.schedule..");

  @ArchTest
  static final ArchRule backupDoesNotKnowRestore =
      noClasses()
          .that()
          .resideInAPackage("io.parsecbackup.backup..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.parsecbackup.restore..");

  @ArchTest
  static final ArchRule parsecDoesNotKnowTheRepositoryNorTheOtherWayRound =
      slices()
          .matching("io.parsecbackup.(parsec|repository|dump|sync)..")
          .should()
          .beFreeOfCycles();

  @ArchTest
  static final ArchRule theSharedVocabularyKnowsNoRoom =
      noClasses()
          .that()
          .resideInAPackage("io.parsecbackup")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.parsecbackup.*..");
}

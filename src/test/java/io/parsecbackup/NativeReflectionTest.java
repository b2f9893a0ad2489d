package io.parsecbackup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.api.AcceptanceBody;
import io.parsecbackup.api.BackupList;
import io.parsecbackup.api.JobBody;
import io.parsecbackup.api.JobList;
import io.parsecbackup.api.RestoreBody;
import io.parsecbackup.api.Status;
import io.parsecbackup.api.VerificationBody;
import io.parsecbackup.api.problem.ProblemDetail;
import io.parsecbackup.backup.Acceptance;
import io.parsecbackup.backup.Backup;
import io.parsecbackup.backup.doctor.CheckResult;
import io.parsecbackup.job.JobResult;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * A native program supports reflection only for registered classes. Quarkus registers what its own
 * REST layer reads and writes, but not what the program itself passes to Jackson.
 */
class NativeReflectionTest {

  /** The classes of all JSON documents. */
  private static final List<Class<?>> DOCUMENTS =
      List.of(
          Acceptance.class,
          AcceptanceBody.class,
          Backup.class,
          BackupList.class,
          CheckResult.Line.class,
          JobBody.class,
          JobList.class,
          JobResult.class,
          ProblemDetail.class,
          RestoreBody.class,
          Status.class,
          VerificationBody.class);

  @Test
  void jsonDocumentsAndAllTheirPartsAreRegistered() {
    Set<Class<?>> reached = new LinkedHashSet<>();
    DOCUMENTS.forEach(document -> reach(document, reached));
    assertTrue(reached.size() > DOCUMENTS.size(), "nothing but the documents was reached");
    assertEquals(List.of(), reached.stream().filter(type -> !isRegistered(type)).toList());
  }

  private static void reach(Type type, Set<Class<?>> reached) {
    if (type instanceof ParameterizedType generic) {
      for (Type argument : generic.getActualTypeArguments()) {
        reach(argument, reached);
      }
    } else if (type instanceof Class<?> one
        && one.getName().startsWith("io.parsecbackup.")
        && reached.add(one)
        && one.isRecord()) {
      for (RecordComponent component : one.getRecordComponents()) {
        reach(component.getGenericType(), reached);
      }
    }
  }

  /** As in Quarkus, registering a type also registers its nested types. */
  private static boolean isRegistered(Class<?> type) {
    for (Class<?> outer = type; outer != null; outer = outer.getEnclosingClass()) {
      if (outer.isAnnotationPresent(RegisterForReflection.class)) {
        return true;
      }
    }
    return false;
  }
}

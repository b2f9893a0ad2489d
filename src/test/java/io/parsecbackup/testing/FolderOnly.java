package io.parsecbackup.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** A test of something that only a repository in a folder can have. */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(FolderOnly.Condition.class)
public @interface FolderOnly {

  /** Why a bucket cannot have it. */
  String value();

  /** Skips such a test if the repositories are in buckets. */
  final class Condition implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      if (RepositoryPlace.kind() == RepositoryPlace.Kind.FOLDER) {
        return ConditionEvaluationResult.enabled("the repositories are in folders");
      }
      return AnnotationSupport.findAnnotation(context.getElement(), FolderOnly.class)
          .map(only -> ConditionEvaluationResult.disabled(only.value()))
          .orElseGet(() -> ConditionEvaluationResult.enabled("a bucket can have it"));
    }
  }
}

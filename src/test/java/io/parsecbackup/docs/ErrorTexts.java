package io.parsecbackup.docs;

import com.sun.source.tree.BinaryTree;
import com.sun.source.tree.BlockTree;
import com.sun.source.tree.CaseTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ConditionalExpressionTree;
import com.sun.source.tree.ExpressionStatementTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.tree.ParenthesizedTree;
import com.sun.source.tree.ReturnTree;
import com.sun.source.tree.SwitchExpressionTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * The texts of all errors in the program's sources. A {@code …} stands for each part that only a
 * run knows. Constants, local variables and results of a file's own methods are resolved.
 */
final class ErrorTexts {

  static final String ANYTHING = "…";

  /** The index of the constructor argument that contains the text. */
  private static final Map<String, Integer> ERRORS =
      Map.of("Problem", 1, "StartFailure", 1, "BadRequest", 0);

  /** Methods whose last argument is the text of the error that they throw. */
  private static final Set<String> THROWING =
      Set.of(
          "RestorePlanner.problem",
          "TargetServer.problem",
          "ServerLock.take",
          "setting.wrong",
          "settings.wrong");

  private static final int DEEPEST = 4;

  /** One place that creates an error, and one of its possible texts. */
  record ErrorText(String place, String text) {}

  private final Map<String, String> constants = new HashMap<>();

  private ErrorTexts() {}

  static List<ErrorText> all() throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, Locale.ROOT, null);
        Stream<Path> sources = Files.walk(Path.of("src/main/java"))) {
      List<Path> java = sources.filter(path -> path.toString().endsWith(".java")).toList();
      JavacTask task =
          (JavacTask)
              compiler.getTask(
                  null, files, null, List.of(), null, files.getJavaFileObjectsFromPaths(java));
      List<CompilationUnitTree> units = new ArrayList<>();
      task.parse().forEach(units::add);
      ErrorTexts texts = new ErrorTexts();
      units.forEach(texts::collectConstants);
      List<ErrorText> found = new ArrayList<>();
      units.forEach(unit -> texts.collect(unit, Trees.instance(task), found));
      return found;
    }
  }

  private static String name(CompilationUnitTree unit) {
    String file = Path.of(unit.getSourceFile().getName()).getFileName().toString();
    return file.replace(".java", "");
  }

  /** Stores constants under {@code Class.NAME}, but only those that consist of literals. */
  private void collectConstants(CompilationUnitTree unit) {
    unit.accept(
        new TreeScanner<Void, Void>() {
          @Override
          public Void visitVariable(VariableTree variable, Void nothing) {
            if (variable.getModifiers().getFlags().contains(javax.lang.model.element.Modifier.FINAL)
                && variable.getInitializer() instanceof ExpressionTree value) {
              String text = String.join("", new Unit(unit, Map.of()).texts(value, DEEPEST));
              if (!text.contains(ANYTHING)) {
                constants.put(name(unit) + "." + variable.getName(), text);
              }
            }
            return super.visitVariable(variable, nothing);
          }
        },
        null);
  }

  private void collect(CompilationUnitTree unit, Trees trees, List<ErrorText> found) {
    Unit lookup = new Unit(unit, constants);
    unit.accept(
        new TreeScanner<Void, Void>() {
          @Override
          public Void visitNewClass(NewClassTree made, Void nothing) {
            Integer words = ERRORS.get(made.getIdentifier().toString());
            if (words != null) {
              add(made, made.getArguments().get(words));
            }
            return super.visitNewClass(made, nothing);
          }

          @Override
          public Void visitMethodInvocation(MethodInvocationTree call, Void nothing) {
            String method = call.getMethodSelect().toString();
            if (THROWING.contains(method) || THROWING.contains(name(unit) + "." + method)) {
              add(call, call.getArguments().getLast());
            }
            return super.visitMethodInvocation(call, nothing);
          }

          private void add(Tree place, ExpressionTree words) {
            long line =
                unit.getLineMap()
                    .getLineNumber(trees.getSourcePositions().getStartPosition(unit, place));
            for (String text : lookup.texts(words, 0)) {
              found.add(new ErrorText(name(unit) + ":" + line, text));
            }
          }
        },
        null);
  }

  /** One file, with the values of its names. */
  private static final class Unit {

    private final String name;
    private final Map<String, String> constants;
    private final Map<String, List<Tree>> values = new HashMap<>();

    Unit(CompilationUnitTree unit, Map<String, String> constants) {
      this.name = name(unit);
      this.constants = constants;
      unit.accept(
          new TreeScanner<Void, String>() {
            @Override
            public Void visitVariable(VariableTree variable, String method) {
              if (variable.getInitializer() != null) {
                add(variable.getName().toString(), variable.getInitializer());
              }
              return super.visitVariable(variable, method);
            }

            @Override
            public Void visitMethod(MethodTree method, String outer) {
              return super.visitMethod(method, method.getName() + "()");
            }

            @Override
            public Void visitReturn(ReturnTree result, String method) {
              if (result.getExpression() != null) {
                add(method, result.getExpression());
              }
              return super.visitReturn(result, method);
            }
          },
          "");
    }

    private void add(String key, Tree value) {
      values.computeIfAbsent(key, k -> new ArrayList<>()).add(value);
    }

    Set<String> texts(Tree tree, int depth) {
      return switch (tree) {
        case LiteralTree literal ->
            Set.of(
                String.valueOf(literal.getValue())
                    .replaceAll("%([0-9]\\$)?[-0-9.,]*[sd]", ANYTHING));
        case ParenthesizedTree inner -> texts(inner.getExpression(), depth);
        case ConditionalExpressionTree either ->
            union(List.of(either.getTrueExpression(), either.getFalseExpression()), depth);
        case SwitchExpressionTree choice -> union(results(choice), depth);
        case BinaryTree plus -> sums(plus, depth);
        case MethodInvocationTree call
            when call.getMethodSelect() instanceof MemberSelectTree select
                && Set.of("formatted", "replace", "strip")
                    .contains(select.getIdentifier().toString()) ->
            texts(select.getExpression(), depth);
        case MethodInvocationTree call
            when call.getMethodSelect() instanceof IdentifierTree method ->
            lookUp(method.getName() + "()", depth);
        case IdentifierTree variable -> lookUp(variable.getName().toString(), depth);
        case MemberSelectTree select -> constant(select.toString());
        default -> Set.of(ANYTHING);
      };
    }

    private static List<Tree> results(SwitchExpressionTree choice) {
      List<Tree> results = new ArrayList<>();
      for (CaseTree one : choice.getCases()) {
        switch (one.getBody()) {
          case ExpressionStatementTree statement -> results.add(statement.getExpression());
          case ExpressionTree expression -> results.add(expression);
          case BlockTree block -> results.add(block);
          case null, default -> {}
        }
      }
      return results;
    }

    private Set<String> union(List<Tree> trees, int depth) {
      Set<String> all = new LinkedHashSet<>();
      trees.forEach(tree -> all.addAll(texts(tree, depth)));
      return all;
    }

    private Set<String> sums(BinaryTree plus, int depth) {
      if (plus.getKind() != Tree.Kind.PLUS) {
        return Set.of(ANYTHING);
      }
      Set<String> all = new LinkedHashSet<>();
      for (String left : texts(plus.getLeftOperand(), depth)) {
        for (String right : texts(plus.getRightOperand(), depth)) {
          all.add((left + right).replaceAll(ANYTHING + "+", ANYTHING));
        }
      }
      return all;
    }

    private Set<String> lookUp(String key, int depth) {
      String constant = constants.get(name + "." + key);
      if (constant != null) {
        return Set.of(constant);
      }
      List<Tree> found = values.get(key);
      return found == null || depth >= DEEPEST ? Set.of(ANYTHING) : union(found, depth + 1);
    }

    private Set<String> constant(String qualified) {
      String constant = constants.get(qualified);
      return Set.of(constant == null ? ANYTHING : constant);
    }
  }
}

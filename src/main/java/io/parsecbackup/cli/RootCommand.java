package io.parsecbackup.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** The program without a command; it serves. */
@Command(
    name = "parsec-backup",
    description = {
      "Backs up a Parsec server: database first, objects after, published last.",
      "Without a command it runs as a service, like 'serve'."
    },
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class)
public class RootCommand implements Callable<Integer> {

  /** Its subcommands, in the order of its help. */
  public static final List<Class<?>> COMMANDS =
      List.of(
          ServeCommand.class,
          BackupCommand.class,
          ListCommand.class,
          ShowCommand.class,
          VerifyCommand.class,
          RestoreCommand.class,
          DrillCommand.class,
          AcceptCommand.class,
          AdoptCommand.class,
          CopyCommand.class,
          PruneCommand.class,
          DoctorCommand.class);

  private final ServeCommand serve;

  public RootCommand(ServeCommand serve) {
    this.serve = serve;
  }

  @Override
  public Integer call() {
    return serve.call();
  }
}

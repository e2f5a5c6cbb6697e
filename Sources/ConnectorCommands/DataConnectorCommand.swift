public import ArgumentParser
import CMalloc
import DeliveryModel
import Foundation

/// The program's command line.
public struct DataConnectorCommand: AsyncParsableCommand {
    /// The version that `--version` prints.
    static let version = "1.0.0"

    public static let configuration = CommandConfiguration(
        commandName: "data-connector",
        abstract: "Delivers customer records from CSV files to the ShowAds API.",
        discussion: """
            Without a command it opens the terminal UI, or with --headless delivers FILE and exits.

            Exit status: 0 every valid record was delivered; 1 it ended with records not delivered, or a source or \
            configuration can't be used; 64 the command line is wrong; 129, 130, and 143 it was interrupted and can be \
            resumed.
            """,
        version: version,
        subcommands: [
            RunCommand.self, UploadFileCommand.self, RetryCommand.self, ResumeCommand.self, PauseCommand.self,
            StopCommand.self, PassWindowCommand.self, DiscardCommand.self, RunsCommand.self, FailuresCommand.self,
            AuditCommand.self,
            EraseCommand.self, ListsCommand.self, DoctorCommand.self, HealthCommand.self, NodesCommand.self,
            JournalCommand.self,
            SandboxCommand.self,
            SampleCommand.self,
        ],
        defaultSubcommand: RunCommand.self)

    public init() {}

    /// Runs the command of the process' arguments and ends the process.
    public static func start() async {
        openStandardStreams()
        // Until something has begun that is to be ended in order, a signal ends the process with the status that it
        // always has.
        for number in [SIGINT, SIGTERM] { signal(number) { _exit(128 + $0) } }
        // A closed pipe and a file that may grow no further are errors to be told, not reasons to die.
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
        umask(0o077)
        shareHeaps()
        DescriptorLimit.raise()
        let arguments = CommandLine.arguments
        if arguments.count == 2, ["--help", "-h", "help"].contains(arguments[1]) {
            return printHelp()
        }
        await main()
    }

    private static func printHelp() {
        do throws(DeliveryError) {
            try Console.result(wholeHelp(columns: Console().columns))
        } catch {
            Console().note(error.message)
            Foundation.exit(1)
        }
    }

    /// The commands, and the options of the one that is run without a name.
    static func wholeHelp(columns: Int) -> String {
        let run = helpMessage(for: RunCommand.self, columns: columns)
        return helpMessage(columns: columns) + "\n\n" + run[(run.range(of: "USAGE:")?.lowerBound ?? run.startIndex)...]
    }

    /// Puts `/dev/null` in the place of standard streams that are closed: otherwise the next files that are opened take
    /// their numbers, and what is meant for a person is written into them.
    private static func openStandardStreams() {
        for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(descriptor, F_GETFD) < 0 {
            // The lowest free number is the one that was found to be closed.
            // What is written to a closed standard output is an error; messages to nobody are not.
            _ = open("/dev/null", descriptor == STDOUT_FILENO ? O_RDONLY : O_RDWR)
        }
    }

    /// Memory stays small whatever is delivered: without this the C library gives each thread a heap of its own, and
    /// keeps large blocks that were given back.
    private static func shareHeaps() {
        _ = mallopt(M_ARENA_MAX, 2)
        _ = mallopt(M_MMAP_THRESHOLD, 256 * 1024)
    }
}

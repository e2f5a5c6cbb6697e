import Foundation
import Subprocess
import SystemPackage

/// A command that gets each summary on its standard input.
public struct EndCommand: RunHook {
    private let executable: FilePath
    private let arguments: [String]
    private let environment: [String: String]
    private let showsErrors: Bool

    var label: String { "--on-end \(executable.lastComponent?.string ?? executable.string)" }

    /// - Parameters:
    ///   - line: program and arguments, split by white space; no shell reads it.
    ///   - environment: of this process.
    ///   - hidden: variables that the command must not see, beside those that belong to this process alone.
    ///   - showsErrors: whether what it writes goes to standard error, or nowhere.
    /// - Returns: `nil` when there is no such program.
    public init?(_ line: String, environment: [String: String], hiding hidden: Set<String>, showsErrors: Bool) {
        let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
        guard let name = words.first, let program = Self.program(name, environment) else { return nil }
        executable = program
        arguments = Array(words.dropFirst())
        let hidden = hidden.union(Self.ownVariables)
        self.environment = environment.filter { !hidden.contains($0.key) }
        self.showsErrors = showsErrors
    }

    /// What the supervisor of this process said to it only.
    private static let ownVariables: Set<String> = [
        "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "CREDENTIALS_DIRECTORY", "LISTEN_FDS", "LISTEN_PID",
    ]

    private static func program(_ name: String, _ environment: [String: String]) -> FilePath? {
        if name.contains("/") { return isProgram(name) ? FilePath(name) : nil }
        let folders = (environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":")
        return folders.map { "\($0)/\(name)" }.first(where: isProgram).map { FilePath($0) }
    }

    private static func isProgram(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0
    }

    func tell(_ summary: String) async throws {
        let input = try Self.pipe(summary + "\n")
        let variables = environment.map { (Environment.Key(stringLiteral: $0.key), $0.value) }
        // In a session of its own: Ctrl-C is not meant for it, and what it started ends with it.
        var options = PlatformOptions()
        options.createSession = true
        options.teardownSequence = [
            .gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: .seconds(1))
        ]
        let result: TerminationStatus
        let configuration = Configuration(
            executable: .path(executable), arguments: Arguments(arguments),
            environment: .custom(Dictionary(uniqueKeysWithValues: variables)), platformOptions: options)
        let read = FileDescriptorInput.fileDescriptor(input, closeAfterSpawningProcess: true)
        if showsErrors {
            let errors = FileDescriptor(rawValue: STDERR_FILENO)
            result = try await Subprocess.run(
                configuration, input: read,
                output: .fileDescriptor(errors, closeAfterSpawningProcess: false),
                error: .fileDescriptor(errors, closeAfterSpawningProcess: false)
            ).terminationStatus
        } else {
            result = try await Subprocess.run(configuration, input: read, output: .discarded, error: .discarded)
                .terminationStatus
        }
        switch result {
        case .exited(0): break
        case .exited(let status): throw HookFault(description: "exit status \(status)")
        case .signaled(let signal): throw HookFault(description: "ended by signal \(signal)")
        }
    }

    /// A pipe that brings a text. A command that reads none of it, or not all, is not a fault.
    /// - Returns: its reading end.
    private static func pipe(_ text: String) throws -> FileDescriptor {
        let (reading, writing) = try FileDescriptor.pipe()
        // Held by another command, the writing end would keep the pipe open.
        _ = fcntl(reading.rawValue, F_SETFD, FD_CLOEXEC)
        _ = fcntl(writing.rawValue, F_SETFD, FD_CLOEXEC)
        // A command that does not read must hold up nobody but its own writer, which ends with it.
        Thread.detachNewThread {
            _ = try? writing.writeAll(Array(text.utf8))
            try? writing.close()
        }
        return reading
    }
}

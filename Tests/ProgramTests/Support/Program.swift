import Foundation
import Subprocess
import SystemPackage
import Testing

/// The built program as others see it: a process with arguments, environment, input, output and an exit status.
struct Program: Sendable {
    /// How a process ended and what it said.
    struct Ending: Sendable {
        /// The exit status; `nil` when a signal ended it.
        var status: Int?
        var output: String
        var errors: String

        func summary() throws -> Summary { try Summary(json: output) }
    }

    let workspace: Workspace
    var environment: [String: String]
    /// How many files it may open until it asks for more; `nil` is as many as this process.
    var softDescriptors: Int?

    /// - Parameter url: of the API; `nil` leaves the variable out.
    init(_ workspace: Workspace, url: String? = nil, key: String? = "secret-project-key") {
        self.workspace = workspace
        environment = [
            "HOME": workspace.path + "/home", "PATH": "/usr/bin:/bin", "STATE_DIR": workspace.stateDirectory,
        ]
        environment["API_URL"] = url
        environment["PROJECT_KEY"] = key
    }

    /// The test bundle lies beside the program.
    static let executable: String = {
        let bundle = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return URL(fileURLWithPath: bundle).deletingLastPathComponent().path + "/data-connector"
    }()

    /// Runs the program to its end.
    /// - Parameter during: what happens to it while it runs; canceled when the process has ended.
    func run(
        _ arguments: [String], input: String = "",
        during: @escaping @Sendable (Process) async throws -> Void = { _ in }
    ) async throws -> Ending {
        let (processes, continuation) = AsyncStream<Process>.makeStream()
        return try await withThrowingTaskGroup(of: Ending?.self) { group in
            group.addTask {
                defer { continuation.finish() }
                guard let limit = softDescriptors else {
                    return try await spawn(Self.executable, arguments, input: input) { continuation.yield($0) }
                }
                return try await spawn(
                    "/bin/sh", ["-c", "ulimit -Sn \(limit); exec \"$0\" \"$@\"", Self.executable] + arguments,
                    input: input
                ) { continuation.yield($0) }
            }
            group.addTask {
                for await process in processes { try await during(process) }
                return nil
            }
            for try await ending in group {
                guard let ending else { continue }
                group.cancelAll()
                return ending
            }
            throw CancellationError()
        }
    }

    /// Runs the program by a line of the shell, in which it is `"$0"` and the arguments are `"$@"`.
    func shell(_ line: String, _ arguments: [String]) async throws -> Ending {
        try await spawn("/bin/sh", ["-c", line, Self.executable] + arguments, input: "") { _ in }
    }

    private func spawn(
        _ path: String, _ arguments: [String], input: String, began: (Process) -> Void
    ) async throws -> Ending {
        let variables = environment.map { (Environment.Key(stringLiteral: $0.key), $0.value) }
        let result = try await Subprocess.run(
            .path(FilePath(path)), arguments: Arguments(arguments),
            environment: .custom(Dictionary(uniqueKeysWithValues: variables)),
            input: .string(input), output: .string(limit: 1 << 20), error: .string(limit: 1 << 20)
        ) { execution in
            began(Process(id: execution.processIdentifier.value))
        }
        let status: Int? =
            switch result.terminationStatus {
            case .exited(let code): Int(code)
            default: nil
            }
        return Ending(status: status, output: result.standardOutput, errors: result.standardError)
    }

    /// A process that runs.
    struct Process: Sendable {
        var id: pid_t

        /// Does nothing when the process has ended meanwhile.
        func signal(_ number: CInt) {
            if !Task.isCancelled { kill(id, number) }
        }

        /// Signals it again and again until it has ended: signals that arrive together count as one, and no event tells
        /// which were taken.
        func insist(_ number: CInt) async {
            while !Task.isCancelled {
                signal(number)
                try? await Task.sleep(for: .milliseconds(50))
            }
        }
    }
}

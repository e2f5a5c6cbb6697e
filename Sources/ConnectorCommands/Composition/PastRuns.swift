import DeliveryModel
import DeliveryStore
import Foundation
import SystemPackage

/// The runs of a state directory, looked at without delivering.
struct PastRuns: Sendable {
    /// `nil` when nothing was ever delivered from there.
    private let opened: OpenedJournal?
    let directory: StateDirectory
    private let holder: StateDirectoryLock.Holder?
    /// The process that is using it: it knows more of its runs than its journal. `nil` when it does not respond.
    private let process: ControlClient?

    var journal: (any DurableStore)? { opened?.store }

    /// Opens the journal for as long as `body` looks at it.
    static func of<Value: Sendable>(
        _ settings: Settings, _ body: (PastRuns) async throws -> Value
    ) async throws -> Value {
        let past = try await PastRuns(settings)
        defer { past.opened?.close() }
        return try await body(past)
    }

    private init(_ settings: Settings) async throws {
        directory = StateDirectory(path: settings.stateDirectory)
        holder = StateDirectoryLock.holder(directory)
        let client = ControlClient(directory)
        process = (try? await client?.state(within: .seconds(3))) == nil ? nil : client
        opened = try await Self.open(settings, directory)
    }

    private static func open(
        _ settings: Settings, _ directory: StateDirectory
    ) async throws(DeliveryError) -> OpenedJournal? {
        guard settings.journal.isShared || FileManager.default.fileExists(atPath: directory.journal.string) else {
            return nil
        }
        do throws(DeliveryError) {
            return try await OpenedJournal(settings, directory, .looking)
        } catch {
            // A database in which nothing was delivered yet.
            guard error.code == .notFound else { throw error }
            return nil
        }
    }

    func all() async throws -> [RunSummary] {
        if let process, let runs = try? await Self.all(of: process) { return runs }
        return try await journal?.runs(limit: .max).map(settled) ?? []
    }

    func run(_ id: RunID) async throws -> RunSummary? {
        if let process, let run = try? await process.call(.run(id), returning: RunSummary?.self) { return run }
        return try await journal?.run(id).map(settled)
    }

    /// Has the running process, if there is one, keep in its audit what was done here.
    func note(_ action: FaceAction) async { try? await process?.call(.note(action)) }

    private static func all(of process: ControlClient) async throws -> [RunSummary] {
        let page = 500
        var runs: [RunSummary] = []
        while true {
            let next = try await process.call(
                .runs(RunQuery(), limit: page, before: runs.last?.id), returning: [RunSummary].self)
            runs += next
            if next.count < page { return runs }
        }
    }

    /// Only the running process now can be working on a run.
    private func settled(_ run: RunSummary) -> RunSummary {
        // A shared journal says itself who works on what.
        if opened?.isShared == true { return run }
        guard let holder else { return run.interrupted }
        // An older version does not say which runs are its own.
        return holder.instance == nil || holder.instance == run.owner ? run : run.interrupted
    }
}

import CustomerRecords
import DeliveryEngine
import DeliveryJournal
import DeliveryModel
import DeliveryStore
import Foundation
import Synchronization
import SystemPackage

/// The engine of another process, as the faces of this one see it.
final class RemoteDelivery: DeliveryService, ListenerControl, FolderControl, NodesControl {
    private struct State {
        var newest: ControlState
        var readers: [Int: AsyncStream<EngineSnapshot>.Continuation] = [:]
        var next = 0
    }

    let client: ControlClient
    private let state: Mutex<State>
    private static let interval = Duration.milliseconds(50)

    /// - Parameter first: the state with which it begins.
    init(_ client: ControlClient, first: ControlState) {
        self.client = client
        state = Mutex(State(newest: first))
    }

    /// Follows the other process until the task is canceled; when that ends, the next one that takes its place.
    func run() async {
        var generation: Int?
        while !Task.isCancelled {
            do throws(DeliveryError) {
                let new = try await client.state(after: generation)
                generation = new.snapshot.generation
                publish(new)
                try? await Task.sleep(for: Self.interval)
            } catch {
                if Task.isCancelled { break }
                generation = nil
                lost(error)
                try? await Task.sleep(for: .seconds(1))
            }
        }
        let readers = state.withLock { Array($0.readers.values) }
        for reader in readers { reader.finish() }
    }

    private func publish(_ new: ControlState) {
        let readers = state.withLock { state in
            state.newest = new
            return Array(state.readers.values)
        }
        for reader in readers { reader.yield(new.snapshot) }
    }

    private func lost(_ error: DeliveryError) {
        var shown = state.withLock { $0.newest }
        shown.snapshot.lost = error.message
        shown.snapshot.generation += 1
        publish(shown)
    }

    /// The running process.
    var process: Int32 { state.withLock { $0.newest.process } }
    private var instance: String { state.withLock { $0.newest.instance } }

    // MARK: Snapshots

    func snapshot() -> EngineSnapshot { state.withLock { $0.newest.snapshot } }

    func snapshots() -> AsyncStream<EngineSnapshot> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: EngineSnapshot.self, bufferingPolicy: .bufferingNewest(1))
        let (number, present) = state.withLock { state in
            state.next += 1
            state.readers[state.next] = continuation
            return (state.next, state.newest.snapshot)
        }
        continuation.onTermination = { [weak self] _ in
            _ = self?.state.withLock { $0.readers.removeValue(forKey: number) }
        }
        continuation.yield(present)
        return stream
    }

    // MARK: Runs

    /// A file that the other process can't open, or that is not regular, is copied to it.
    func start(_ given: RunRequest) async throws(DeliveryError) -> RunID {
        var request = given
        let instance = instance
        var isReadOnce = false
        if case .file(let path) = request.source {
            var status = stat()
            let place = try PathBytes.resolve(path)
            let isThere = path != "-" && stat(place, &status) == 0
            if isThere, status.st_mode & S_IFMT == S_IFDIR {
                throw DeliveryError(.source, "\(path) is a directory. Specify a CSV file.")
            }
            let isRegular = isThere && status.st_mode & S_IFMT == S_IFREG
            isReadOnce = !isRegular
            if isRegular, client.sharesFiles {
                let folder = FileManager.default.currentDirectoryPath
                request.source = .file(path: path.hasPrefix("/") ? path : "\(folder)/\(path)")
            } else {
                let name = path == "-" ? RunSource.standardInput : .upload(name: (path as NSString).lastPathComponent)
                do throws(DeliveryError) {
                    request.source = .spooled(path: try await client.spool(path, to: instance), source: name)
                } catch {
                    throw isReadOnce ? Self.lostInput(error, path) : error
                }
            }
        }
        do throws(DeliveryError) {
            return try await client.call(.start(request), returning: RunID.self, to: instance)
        } catch {
            guard isReadOnce, case .file(let path) = given.source else { throw error }
            throw Self.lostInput(error, path)
        }
    }

    /// What was read of a pipe can't be read again: the rest must not be delivered as if it were everything.
    private static func lostInput(_ error: DeliveryError, _ path: String) -> DeliveryError {
        guard error.code == .ending || error.code == .locked else { return error }
        let name = path == "-" ? "Standard input" : path
        return DeliveryError(
            .conflict, "\(error.message) \(name) was not accepted: repeat the command with the same input.")
    }

    func pause(_ run: RunID) async throws(DeliveryError) { try await client.call(.pause(run)) }
    func unpause(_ run: RunID) async throws(DeliveryError) { try await client.call(.unpause(run)) }
    func passWindow(_ run: RunID) async throws(DeliveryError) { try await client.call(.passWindow(run)) }
    func stop(_ run: RunID, mode: StopMode) async throws(DeliveryError) { try await client.call(.stop(run, mode)) }
    func resume(_ run: RunID) async throws(DeliveryError) { try await client.call(.resume(run)) }
    func discard(_ run: RunID) async throws(DeliveryError) -> String? {
        try await client.call(.discard(run), returning: String?.self)
    }

    func finished(_ run: RunID) async throws(DeliveryError) -> RunSummary {
        for await _ in snapshots() {
            guard let summary = try await self.run(run) else { throw DeliveryError.unknownRun(run) }
            if !summary.state.isActive { return summary }
        }
        guard let last = snapshot().run(run)?.summary else { throw DeliveryError.unknownRun(run) }
        return last
    }

    func runs(_ query: RunQuery, limit: Int, before: RunID?) async throws(DeliveryError) -> [RunSummary] {
        try await client.call(.runs(query, limit: limit, before: before), returning: [RunSummary].self)
    }

    func run(_ id: RunID) async throws(DeliveryError) -> RunSummary? {
        try await client.call(.run(id), returning: RunSummary?.self)
    }

    // MARK: Failures

    /// The running process notes by itself who asks, and only HTTP's clients have keys.
    func retry(
        _ run: RunID, _ selection: FailureSelection, claim: KeyClaim?, submittedBy: String?
    ) async throws(DeliveryError) -> RunID {
        try await client.call(.retry(run, selection), returning: RunID.self)
    }

    func resend(_ record: Int64, as fields: RecordFields) async throws(DeliveryError) -> RunID {
        try await client.call(.resend(record, fields), returning: RunID.self)
    }

    func previewFix(_ fix: BulkFix, isWanted: @escaping @Sendable () -> Bool) async throws(DeliveryError) -> FixPreview
    {
        try await client.call(.previewFix(fix), returning: FixPreview.self)
    }

    func applyFix(_ fix: BulkFix) async throws(DeliveryError) -> [RunID] {
        try await client.call(.applyFix(fix), returning: [RunID].self)
    }

    func audit(_ query: AuditQuery) async throws(DeliveryError) -> [AuditEntry] {
        try await client.call(.audit(query), returning: [AuditEntry].self)
    }

    func note(_ action: FaceAction) async { try? await client.call(.note(action)) }

    func removeDeliveryList(_ name: String) async throws(DeliveryError) -> Int? {
        try await client.call(.removeDeliveryList(name), returning: Int?.self)
    }

    func erase(_ cookies: [String], isDryRun: Bool) async throws(DeliveryError) -> ErasureReport {
        try await client.call(.erase(cookies, isDryRun: isDryRun), returning: ErasureReport.self)
    }

    func recentRequests() async throws(DeliveryError) -> [RequestTrace] {
        try await client.call(.recentRequests, returning: [RequestTrace].self)
    }

    func graph(of run: RunID) async -> RunGraph? {
        try? await client.call(.graph(run), returning: RunGraph?.self)
    }

    func runOfSameContent(
        as path: String, options: ReaderOptions, isWanted: @escaping @Sendable () -> Bool
    ) async throws(DeliveryError) -> RunID? {
        guard client.sharesFiles, isWanted() else { return nil }
        return try await client.call(.runOfSameContent(path, options), returning: RunID?.self)
    }

    func newRecords(
        in path: String, options: ReaderOptions, isWanted: @escaping @Sendable () -> Bool
    ) async throws(DeliveryError) -> NewRecordCount {
        guard client.sharesFiles else {
            throw DeliveryError(.conflict, "The running process can't read this file, so it can't count what is new.")
        }
        return try await client.call(.newRecords(path, options), returning: NewRecordCount.self)
    }

    func failures(_ query: FailureQuery, offset: Int, limit: Int) async throws(DeliveryError) -> [FailedRecord] {
        try await client.call(.failures(query, offset: offset, limit: limit), returning: [FailedRecord].self)
    }

    func failures(_ query: FailureQuery, after record: Int64?, limit: Int) async throws(DeliveryError) -> [FailedRecord]
    {
        try await client.call(.failuresAfter(record, query, limit: limit), returning: [FailedRecord].self)
    }

    func failures(ids: [Int64]) async throws(DeliveryError) -> [FailedRecord] {
        try await client.call(.failuresByID(ids), returning: [FailedRecord].self)
    }

    func failureCount(_ query: FailureQuery) async throws(DeliveryError) -> Int {
        try await client.call(.failureCount(query), returning: Int.self)
    }

    func failureFacets(_ query: FailureQuery) async throws(DeliveryError) -> FailureFacets {
        try await client.call(.failureFacets(query), returning: FailureFacets.self)
    }

    func failureOrder(_ query: FailureQuery) async throws(DeliveryError) -> [Int64] {
        try await client.call(.failureOrder(query), returning: [Int64].self)
    }

    func dismiss(_ records: [Int64]) async throws(DeliveryError) -> [Int64] {
        try await client.call(.dismiss(records), returning: [Int64].self)
    }

    func undismiss(_ records: [Int64]) async throws(DeliveryError) -> [Int64] {
        try await client.call(.undismiss(records), returning: [Int64].self)
    }

    /// The file is written by this process, where its user may write, from the same journal.
    func exportFailures(_ query: FailureQuery, to path: String) async throws(DeliveryError) -> Int {
        guard FileManager.default.fileExists(atPath: client.directory.journal.string) else {
            throw DeliveryError(
                .conflict,
                "The journal is a shared one. Export with `data-connector failures RUN --csv FILE` and its --journal.")
        }
        let journal = try Journal(client.directory, readOnly: true)
        defer { journal.close() }
        let count = try await FailureExport.write(query, of: journal, in: client.directory, to: path)
        await note(.export(run: query.run, records: count))
        return count
    }

    // MARK: Pacing, API

    func setConcurrency(_ maximum: Int) async { try? await client.call(.setConcurrency(maximum)) }
    func setRate(_ maximum: Int?) async { try? await client.call(.setRate(maximum)) }
    func setSchedule(_ schedule: SendSchedule) async throws(DeliveryError) {
        try await client.call(.setSchedule(schedule))
    }
    func retryNow() async { try? await client.call(.retryNow) }

    func setAPI(url: String, projectKey: String) async throws(DeliveryError) {
        try await client.call(.setAPI(url: url, projectKey: projectKey))
    }

    func testLogin(url: String, projectKey: String) async throws(DeliveryError) -> String {
        try await client.call(.testLogin(url: url, projectKey: projectKey), returning: String.self)
    }

    // MARK: Listener

    func snapshot() -> ListenerSnapshot { state.withLock { $0.newest.listener } ?? ListenerSnapshot() }
    func start() async throws(DeliveryError) { try await client.call(.startListener) }
    func stop() async { try? await client.call(.stopListener) }

    // MARK: Drop folder

    func folderSnapshot() -> FolderSnapshot? { state.withLock { $0.newest.folder } }

    // MARK: Nodes

    func nodesSnapshot() -> NodesSnapshot? { state.withLock { $0.newest.nodes } }
}

import DeliveryModel
import Foundation
import Logging
import Synchronization
import SystemPackage

@testable import DropFolder

/// A drop folder and a place for claims, removed with the test.
final class TestFolder: Sendable {
    let base: String
    private let watching = Mutex<FolderWatch?>(nil)
    var path: String { base + "/drop" }
    var claimFolder: String { base + "/claims" }

    init() throws {
        base = FileManager.default.temporaryDirectory.path + "/drop-folder-\(UUID().uuidString)"
        for folder in [base, base + "/drop", base + "/claims"] {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: base) }

    /// Puts a file there in one step, as those who can do, with a time that lets it be taken.
    func put(_ name: String, _ text: String) throws {
        let new = base + "/new"
        try Data(text.utf8).write(to: URL(fileURLWithPath: new))
        guard rename(new, path + "/" + name) == 0 else { throw Errno(rawValue: errno) }
    }

    func text(_ name: String) throws -> String { try String(contentsOfFile: path + "/" + name, encoding: .utf8) }

    /// Names, sorted; of what is complete.
    func names(_ folder: String = "") -> [String] {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: path + "/" + folder)) ?? []
        return all.filter { folder.isEmpty || !$0.hasPrefix(".") }.sorted()
    }

    var claims: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: claimFolder)) ?? []).filter { $0.hasSuffix(".json") }
    }

    func entry(_ name: String) -> FolderEntry? {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY)
        defer { close(descriptor) }
        return FileIdentity(EntryName(name), in: descriptor)
            .map { FolderEntry(name: EntryName(name), identity: $0) }
    }

    /// What keeps the watch from working, while there is one.
    var fault: String? { watching.withLock { $0?.snapshot().fault } }

    /// Watches the folder while `body` works.
    func watch(
        _ delivery: FakeDelivery = FakeDelivery(), holding: Bool = false, settle: Duration = .milliseconds(20),
        _ body: (FakeDelivery) async throws -> Void
    ) async throws {
        if holding { delivery.hold() }
        let watch = FolderWatch(
            FolderSettings(folder: FilePath(path), settle: settle), claims: FilePath(claimFolder),
            delivery: delivery, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, ended: { _, _ in })
        watching.withLock { $0 = watch }
        defer { watching.withLock { $0 = nil } }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await watch.run() }
            try await body(delivery)
            await watch.stop()
            try await group.waitForAll()
        }
    }
}

/// Delivers by remembering; a file that says `refuse` is refused.
final class FakeDelivery: FileDelivery {
    private struct State {
        var next: Int64 = 1
        var begun: [String] = []
        var delivered: [String] = []
        var attempts = 0
        var fault: String?
        var isHolding = false
        var runs: [RunID: (path: String, ending: FileEnding?)] = [:]
        var held: [(RunID, String)] = []
    }

    private let state = Mutex(State())
    private let stream: AsyncStream<FileEnding>
    private let continuation: AsyncStream<FileEnding>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream() }

    var begun: [String] { state.withLock { $0.begun } }
    var delivered: [String] { state.withLock { $0.delivered } }
    var attempts: Int { state.withLock { $0.attempts } }

    func setFault(_ fault: String?) { state.withLock { $0.fault = fault } }
    func hold() { state.withLock { $0.isHolding = true } }

    /// Ends what was held; nothing is held any more.
    func release() {
        let held = state.withLock { state in
            state.isHolding = false
            defer { state.held = [] }
            return state.held
        }
        for (run, content) in held { end(run, content) }
    }

    /// A run that an earlier process brought to its end.
    func addEnded(path: String, content: String) -> RunID {
        state.withLock { state in
            let run = RunID(rawValue: state.next)
            state.next += 1
            state.runs[run] = (path, Self.ending(run, content))
            return run
        }
    }

    func newestRun() async throws -> RunID? {
        state.withLock { $0.next > 1 ? RunID(rawValue: $0.next - 1) : nil }
    }

    func deliver(_ file: DroppedFile) async -> FileProgress {
        let known = state.withLock { state -> FileEnding? in
            state.attempts += 1
            if let run = file.run { return state.runs[run]?.ending }
            return state.runs.filter { $0.key > file.after ?? RunID(rawValue: 0) && $0.value.path == file.path }
                .values.first?.ending
        }
        if let known { return .ended(known) }
        if let fault = state.withLock({ $0.fault }) { return .unavailable(fault) }
        let content = (try? String(contentsOfFile: file.path, encoding: .utf8)) ?? "?"
        if content == "refuse" {
            return .ended(FileEnding(run: nil, verdict: .failed, summary: "{}", words: "refused"))
        }
        let (run, isHeld) = state.withLock { state in
            let run = RunID(rawValue: state.next)
            state.next += 1
            state.begun.append(content)
            state.runs[run] = (file.path, nil)
            if state.isHolding { state.held.append((run, content)) }
            return (run, state.isHolding)
        }
        if !isHeld { end(run, content) }
        return .running(run)
    }

    private func end(_ run: RunID, _ content: String) {
        let ending = Self.ending(run, content)
        state.withLock { state in
            state.delivered.append(content)
            state.runs[run]?.ending = ending
        }
        continuation.yield(ending)
    }

    private static func ending(_ run: RunID, _ content: String) -> FileEnding {
        FileEnding(run: run, verdict: .delivered, summary: "{\"content\":\"\(content)\"}", words: "delivered")
    }

    func ending(of run: RunID) async -> FileEnding? { state.withLock { $0.runs[run]?.ending } }

    func endings() -> AsyncStream<FileEnding> { stream }
}

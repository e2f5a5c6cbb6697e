public import DeliveryModel

/// What delivers the files of a drop folder.
public protocol FileDelivery: Sendable {
    /// The newest run there is.
    func newestRun() async throws -> RunID?
    /// Starts the delivery of a file, or continues it.
    func deliver(_ file: DroppedFile) async -> FileProgress
    /// How a run ended; `nil` while it is active.
    func ending(of run: RunID) async -> FileEnding?
    /// Every run that ends, whatever it delivered, until the engine's work is done.
    func endings() -> AsyncStream<FileEnding>
}

/// A file that was taken.
public struct DroppedFile: Hashable, Sendable {
    /// Absolute.
    public var path: String
    /// The run that delivers it already.
    public var run: RunID?
    /// The newest run when it was taken, when it has no run that is known: one that a killed process began is newer.
    public var after: RunID?
}

public enum FileProgress: Hashable, Sendable {
    case running(RunID)
    /// It has its end: it was refused, delivered before, or its run had ended.
    case ended(FileEnding)
    /// Something else than the file is at fault, in one line; it is tried again later.
    case unavailable(String)
}

/// How the delivery of a file ended.
public struct FileEnding: Hashable, Sendable {
    public enum Verdict: Hashable, Sendable {
        case delivered
        /// Refused, or not all of its valid records were delivered.
        case failed
        /// An operator ended it early, and may resume it.
        case stopped
        /// Something else than the file is at fault; the run is to be continued.
        case interrupted(String)
    }

    /// `nil` when it never became a run.
    public var run: RunID?
    public var verdict: Verdict
    /// The summary as one JSON object.
    public var summary: String
    /// What became of it, in one line.
    public var words: String

    public init(run: RunID?, verdict: Verdict, summary: String, words: String) {
        self.run = run
        self.verdict = verdict
        self.summary = summary
        self.words = words
    }
}

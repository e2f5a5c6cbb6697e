public import CustomerRecords

public import struct Foundation.Date

/// What a run delivers.
public enum RunSource: Hashable, Codable, Sendable {
    /// A file of the operator's, by its path.
    case file(path: String)
    /// Standard input, kept in the spool.
    case standardInput
    /// A file that arrived over HTTP, kept in the spool. The name is the client's and is never used as a path.
    case upload(name: String)
    /// Single records that arrived over HTTP together.
    case submissions
    /// Failed (or mended) records of another run.
    case retry(of: RunID)

    /// A short text for screens and summaries: a path, a name, `standard input` …
    public var text: String {
        switch self {
        case .file(let path): path
        case .standardInput: "standard input"
        case .upload(let name): name
        case .submissions: "single submissions"
        case .retry(let run): "retry of run \(run)"
        }
    }
}

/// A run as the journal knows it: for history, summaries and the listener's answers.
public struct RunSummary: Identifiable, Hashable, Sendable {
    public var id: RunID
    public var source: RunSource
    public var state: RunState
    public var counts: RunCounts
    /// Failed or rejected records of this run that another run has delivered since.
    public var recovered: Int
    /// Records that may have been applied twice: their request was answered by a 5xx, a time-out or a reset, or was in
    /// flight when the process died, and was sent again.
    public var possibleDuplicates: Int
    public var requests: Int
    public var retries: Int
    /// Answers by status code (`"200"`), and transport faults by name (`"timeout"`, `"reset"`, `"connect"`).
    public var statuses: [String: Int]
    /// Time spent working on the run, over all its resumptions.
    public var seconds: Double
    public var startedAt: Date
    public var endedAt: Date?
    public var filter: AgeFilter
    /// The file that holds the failed records of the run's day, when there are any.
    public var unsentFile: String?

    public init(
        id: RunID, source: RunSource, state: RunState, counts: RunCounts = RunCounts(), recovered: Int = 0,
        possibleDuplicates: Int = 0, requests: Int = 0, retries: Int = 0, statuses: [String: Int] = [:],
        seconds: Double = 0, startedAt: Date, endedAt: Date? = nil, filter: AgeFilter = AgeFilter(),
        unsentFile: String? = nil
    ) {
        self.id = id
        self.source = source
        self.state = state
        self.counts = counts
        self.recovered = recovered
        self.possibleDuplicates = possibleDuplicates
        self.requests = requests
        self.retries = retries
        self.statuses = statuses
        self.seconds = seconds
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.filter = filter
        self.unsentFile = unsentFile
    }

    /// Whether `resume` can go on with it, given that no process works on it.
    public var isResumable: Bool {
        switch state {
        case .done, .dryRun: false
        default: true
        }
    }
}

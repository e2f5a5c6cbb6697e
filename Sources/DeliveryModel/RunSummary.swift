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
    /// Failed (or edited) records of another run.
    case retry(of: RunID)

    /// Records that arrived as a JSON array, and as JSON one per line. They are kept as CSV; what is no record, as why it
    /// is none and as it was.
    public static let jsonArray = RunSource.upload(name: "records.json")
    public static let jsonLines = RunSource.upload(name: "records.ndjson")

    public var holdsJSON: Bool { self == .jsonArray || self == .jsonLines }

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

/// A run as the store knows it: for history, summaries and the listener's answers.
public struct RunSummary: Identifiable, Hashable, Codable, Sendable {
    public var id: RunID
    public var source: RunSource
    public var state: RunState
    public var counts: RunCounts
    /// Failed or rejected records of this run that another run has delivered since.
    public var recovered: Int
    /// Failed records of this run that nobody has delivered or dismissed since.
    public var undelivered: Int
    /// Failed records of this run that an operator dismissed.
    public var dismissed = 0
    /// Bound on arrivals beyond the first: records of requests that may have been applied (5xx, time-out, reset, or in
    /// flight when the process died), counted each time.
    public var possibleDuplicates: Int
    /// How many different records may have arrived more than once.
    public var recordsInDoubt: Int
    /// Records whose requests nobody waited for when the run was stopped or its process died: they may have arrived, and
    /// are sent again when it is resumed. Not counted above before that.
    public var recordsUnanswered = 0
    /// Those in doubt, and of a run that is at rest those that will be when it is resumed.
    public var mayHaveArrivedTwice: Int { recordsInDoubt + (state.isActive ? 0 : recordsUnanswered) }
    public var requests: Int
    public var retries: Int
    /// Answers by status code (`"200"`), and transport faults by name (`"timeout"`, `"reset"`, `"connect"`).
    public var statuses: [String: Int]
    /// Time spent working on the run, over all its resumptions.
    public var seconds: Double
    public var startedAt: Date
    /// The local date at its start, which names the file of its unsent records.
    public var localDay: LocalDay
    public var endedAt: Date?
    public var filter: AgeFilter
    /// The file that holds the failed records of the run's day, when there are any.
    public var unsentFile: String?
    /// What the reader decided by itself.
    public var notices: [Notice]
    /// The API that the run belongs to: its address, or `sandbox`; `nil` in a run of an older version.
    public var api: String?
    public var profile: String?
    /// Bytes of the source that were not read; `nil` when the source has no bytes, or it is unknown: in the middle of one that
    /// is compressed or in another encoding.
    public var unreadBytes: Int?
    /// The run that delivered the same content, for a skipped one.
    public var duplicateOf: RunID?
    public var submittedBy: String?
    /// The node that works on it, or was the last one.
    public var node: String?
    /// The process that works on it, or was the last one.
    public var owner: String?
    public var standingOrder: StandingOrder?

    public init(
        id: RunID, source: RunSource, state: RunState, counts: RunCounts = RunCounts(), recovered: Int = 0,
        undelivered: Int? = nil, possibleDuplicates: Int = 0, recordsInDoubt: Int = 0, requests: Int = 0,
        retries: Int = 0, statuses: [String: Int] = [:], seconds: Double = 0, startedAt: Date,
        localDay: LocalDay? = nil, endedAt: Date? = nil,
        filter: AgeFilter = AgeFilter(), unsentFile: String? = nil, notices: [Notice] = [], api: String? = nil,
        profile: String? = nil, unreadBytes: Int? = nil, duplicateOf: RunID? = nil, submittedBy: String? = nil,
        node: String? = nil, owner: String? = nil, standingOrder: StandingOrder? = nil
    ) {
        self.id = id
        self.source = source
        self.state = state
        self.counts = counts
        self.recovered = recovered
        self.undelivered = undelivered ?? counts.failed
        self.possibleDuplicates = possibleDuplicates
        self.recordsInDoubt = recordsInDoubt
        self.requests = requests
        self.retries = retries
        self.statuses = statuses
        self.seconds = seconds
        self.startedAt = startedAt
        self.localDay = localDay ?? LocalDay(startedAt)
        self.endedAt = endedAt
        self.filter = filter
        self.unsentFile = unsentFile
        self.notices = notices
        self.api = api
        self.profile = profile
        self.unreadBytes = unreadBytes
        self.duplicateOf = duplicateOf
        self.submittedBy = submittedBy
        self.node = node
        self.owner = owner
        self.standingOrder = standingOrder
    }

    /// Whether `resume` can continue it, given that no process works on it.
    public var isResumable: Bool { !state.isFinal && standingOrder != .discarded && id.rawValue > 0 }

    /// A run whose process died is stopped, whatever was last written of it, unless an operator had paused it.
    public var interrupted: RunSummary {
        guard state.isActive, standingOrder != .paused else { return self }
        var summary = self
        summary.state = .stopped(reason: "interrupted")
        return summary
    }
}

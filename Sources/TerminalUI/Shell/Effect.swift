import CustomerRecords
import DeliveryModel
import TerminalKit

/// What `update` wants done; what comes of it returns as an event.
enum Effect: Hashable, Sendable {
    // The file system
    /// A file that was asked for by its name is listed whatever it is called.
    case listDirectory(String, including: String? = nil)
    case inspectPath(String)
    case completePath(String)
    case preview(String, FileReading = FileReading())
    case dryRun(String, FileReading = FileReading())
    /// What columns a file has whose header is understood.
    case readColumns(String, FileReading)
    /// What the titles of chosen columns read like in another encoding.
    case readTitles(String, FileReading)
    /// What a choice of columns would make of the file.
    case countMapping(String, FileReading)
    case cancelMappingCount
    /// Which run sent the same content before.
    case findSent(String, FileReading)
    /// How many of its records were not delivered under a list before.
    case countNew(String, FileReading, list: String)
    case sampleEncoding(String, String?, FileReading)
    case lookAgain(String)
    case cancelDryRun

    // The engine
    case start(StartRequest)
    case pause(RunID)
    case unpause(RunID)
    case stop(RunID, StopMode)
    case resume(RunID)
    case passWindow(RunID)
    case retryNow
    case setConcurrency(Int)
    case setRate(Int?)
    case setSchedule(SendSchedule)
    case fetchFailures(FailureFetch)
    case countWaiting
    case readFacets(FailureQuery)
    case countRetry(RetryRequest)
    case fetchRange(FailureQuery, Range<Int>)
    case retry(FailuresModel.Marks, FailureQuery)
    case resend(FailedRecord.ID, RecordFields)
    case previewFix(BulkFix)
    case cancelFixPreview
    case applyFix(BulkFix)
    case readRequests
    case dismiss(FailuresModel.Marks, FailureQuery)
    case undismiss([FailedRecord.ID])
    /// Erases a person, or only counts; the number comes back with the answer.
    case erase(Int, cookie: String, isDryRun: Bool)
    case readAudit(AuditQuery)
    case checkExport(FailureQuery, path: String)
    case export(FailureQuery, path: String)
    case writeReport(RunID, String, path: String)
    case loadHistory(before: RunID?, limit: Int = Model.historyPage)
    case loadSummary(RunID)
    case loadGraph(RunID)
    case setAPI(url: String, key: String)
    /// Delivers with another profile; `nil` is none.
    case useProfile(String?)
    /// Logs in without changing anything; the number comes back with the answer.
    case testLogin(Int, url: String, key: String)

    // The other controls
    case startListener
    case stopListener
    case readListener
    case readDropFolder
    case readNodes
    case readLog(after: Int)
    case readFaults
    case setFaults(SimulatedFaults)
    case savePreferences(Preferences)

    // The terminal
    case terminal(TerminalEffect)

    static let repaint = Effect.terminal(.repaint)
    static let suspend = Effect.terminal(.suspend)
    static func copy(_ text: String) -> Effect { .terminal(.copy(text)) }
    static func setMouse(_ on: Bool) -> Effect { .terminal(.setMouse(on)) }
    static func watch(_ folder: String) -> Effect { .terminal(.watch(folder)) }
    static func exit(_ mode: StopMode) -> Effect { .terminal(.exit(mode)) }
}

/// What the thread of the screen does itself.
enum TerminalEffect: Hashable, Sendable {
    case copy(String)
    case repaint
    case suspend
    case setMouse(Bool)
    /// A message of the desktop.
    case notify(String)
    /// Tells of changes in a folder.
    case watch(String)
    case exit(StopMode)
}

/// Which rows of the failures are wanted.
struct FailureFetch: Hashable, Sendable {
    var request: Int
    var query: FailureQuery
    /// The record that the cursor is on; the rows around it are wanted.
    var record: FailedRecord.ID?
    /// Where it was, for when it is gone or there is none.
    var row: Int
    /// Rows above the cursor on the screen.
    var offset: Int
    var visible: Int
    /// Marked records, to be told which are gone.
    var marked: Set<FailedRecord.ID> = []
    /// Whether the list may hold other records than when it was read last.
    var mayHaveChanged = false
}

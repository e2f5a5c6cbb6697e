import CustomerRecords
import DeliveryModel
import Foundation
import TerminalKit

/// What the mouse can point at.
enum Target: Hashable, Sendable {
    case screen(Screen)
    case action(Action)
    /// A row of the screen's list.
    case row(Int)
    case list
    case column(FailureQuery.Column)
    case field(SendModel.Field)
    case facet(Int)
    /// A row or button of the overlay on top.
    case overlayRow(Int)
    /// The overlay itself: clicks on it do not close it.
    case overlay
    /// Outside of the overlay.
    case backdrop
}

extension Canvas {
    mutating func addRegion(_ area: Rectangle, _ target: Target) { addRegion(area, meaning: target) }

    /// What a click there means.
    func target(at point: Point) -> Target? {
        switch region(at: point) {
        case let row as TableRow: .row(row.index)
        case let target as Target: target
        default: nil
        }
    }
}

/// An answer, or what went wrong in one line.
typealias DeliveryResult<Value> = Result<Value, DeliveryError>

enum Event: Sendable {
    case key(Key)
    case paste(String)
    case click(Target)
    case scroll(Target?, Int)
    case resize(Size)
    /// Time has passed; nothing else happened.
    case tick
    /// The terminal came back after a suspension.
    case resumed
    case interrupt
    /// The terminal said what background it has.
    case background(isLight: Bool)

    case engine(EngineSnapshot)
    case listener(ListenerSnapshot)
    case dropFolder(FolderSnapshot?)
    case nodes(NodesSnapshot?)
    case log([LogLine])
    case faults(SimulatedFaults)

    case directory(path: String, DeliveryResult<[Browser.Entry]>)
    /// Something in the shown folder changed on the disk.
    case folderChanged
    case looked(path: String, DeliveryResult<FileVersion>)
    /// The file is another one than the operator was asked about: nothing was started.
    case sourceChanged(StartRequest, isGone: Bool)
    case opened(path: String, DeliveryResult<PathKind>)
    case completions(of: String, [String])
    case preview(path: String, DeliveryResult<FilePreview>)
    case dryRun(path: String, DeliveryResult<DryRunReport>)
    /// Which column is which has to be said before the file can be read.
    case unmapped(path: String, SourceColumns)
    case newCounted(path: String, list: String, DeliveryResult<NewRecordCount>)
    case sentFound(path: String, DeliveryResult<RunSummary?>)
    case columns(path: String, DeliveryResult<SourceColumns>)
    case titles(path: String, FileReading, DeliveryResult<SourceColumns>)
    case mappingCounted(path: String, FileReading, DeliveryResult<DryRunReport>)
    case encodingSampled(path: String, String?, DeliveryResult<EncodingSample>)
    case started(DeliveryResult<RunID>, path: String)
    case failures(DeliveryResult<FailurePage>)
    /// Failed and rejected records of all runs, and the failed ones among them.
    case failuresWaiting(Int, undelivered: Int, seconds: Double)
    case facets(FailureQuery, DeliveryResult<FailureFacets>)
    case retryCounted(RetryRequest, Int)
    case failureRange(FailureQuery, DeliveryResult<[FailedRecord]>)
    case retried(DeliveryResult<Retried>)
    case resent(FailedRecord.ID, RecordFields, DeliveryResult<RunID>)
    case exported(DeliveryResult<Int>, path: String)
    case fixPreviewed(BulkFix, DeliveryResult<FixPreview>)
    case fixApplied(BulkFix, DeliveryResult<[RunID]>)
    case requests(DeliveryResult<[RequestTrace]>)
    case dismissed(DeliveryResult<[FailedRecord.ID]>)
    case undismissed([FailedRecord.ID], DeliveryResult<[FailedRecord.ID]>)
    case erased(Int, isDryRun: Bool, DeliveryResult<ErasureReport>)
    case audit(AuditQuery, DeliveryResult<[AuditEntry]>)
    /// Where a report was written.
    case reported(DeliveryResult<String>)
    case exportExists(FailureQuery, path: String)
    /// At most `limit` runs, newest first: fewer are the last ones.
    case history(DeliveryResult<[RunSummary]>, before: RunID?, limit: Int = Model.historyPage)
    case summary(RunSummary)
    case graph(RunID, RunGraph)
    /// The address that is used from here on.
    case apiSet(DeliveryResult<String>)
    case profileUsed(DeliveryResult<UsedProfile>)
    case login(Int, DeliveryResult<String>)
    /// Something was done, or not.
    case done(DeliveryResult<String>)
    case listenerSwitched(DeliveryResult<Bool>)
    /// A run continues, since it could not be stopped.
    case notStopped(RunID, DeliveryError)
}

/// What a typed path turned out to be.
enum PathKind: Hashable, Sendable { case folder, file }

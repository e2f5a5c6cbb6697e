import DeliveryModel
import Foundation
import TerminalKit

/// Who did what, of one run or of all.
struct AuditModel: Sendable {
    /// How many entries are shown; one more is asked for, to know whether there is more.
    static let maximumEntries = 1000

    var query: AuditQuery
    var entries: [AuditEntry] = []
    var isCut = false
    var cursor = ListCursor()
    /// When it was read; `nil` until it is here.
    var read: Date?
    var problem: String?

    init(run: RunID?) { query = AuditQuery(run: run, limit: Self.maximumEntries + 1) }

    var title: String { query.run.map { "Audit log of run \($0)" } ?? "Audit log" }

    /// Where everything is that doesn't stand here.
    var note: String? {
        guard isCut else { return nil }
        let command = "data-connector audit" + (query.run.map { " --run \($0)" } ?? "")
        return "The newest \(NumberText.count(Self.maximumEntries)). All of them: \(command)"
    }
}

struct AuditLayout {
    var width = 100
    var height: Int
    /// Rows that are seen at once.
    var page: Int { max(1, height - 5) }

    init(_ size: Size) { height = max(6, min(40, size.height - 2)) }
}

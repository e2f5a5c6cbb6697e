import DeliveryModel
import Foundation
import TerminalKit

/// The requests to the API, one of them in full.
struct InspectorModel: Sendable {
    /// Which requests are listed.
    enum Scope: Hashable, Sendable {
        case run(RunID)
        /// Those that held a record.
        case record(FailedRecord)
    }

    var scope: Scope
    var showsFaultsOnly = false
    /// Newest first; `nil` until they are read.
    var all: [RequestTrace]?
    var cursor = ListCursor()
    var selected: RequestTrace.ID?
    var readAt = Date.distantPast
    /// Why they can't be read.
    var problem: String?
    /// Lines of the request that were scrolled away.
    var top = 0

    init(_ scope: Scope) { self.scope = scope }

    var traces: [RequestTrace] {
        (all ?? []).filter { trace in
            if showsFaultsOnly, trace.result?.isApplied ?? !trace.isAbandoned { return false }
            return isInScope(trace)
        }
    }

    var current: RequestTrace? {
        let traces = traces
        return traces.indices.contains(cursor.row) ? traces[cursor.row] : nil
    }

    /// Attempts of the same batch, oldest first.
    func attempts(of trace: RequestTrace) -> [RequestTrace] {
        (all ?? []).filter { $0.run == trace.run && $0.batch == trace.batch && $0.lines == trace.lines }.reversed()
    }

    private func isInScope(_ trace: RequestTrace) -> Bool {
        switch scope {
        case .run(let run): trace.run == run
        case .record(let record):
            (trace.run == record.run || trace.run == record.retryingIn) && trace.lines.contains(record.line)
        }
    }

    /// Newer requests came: the cursor stays on its request.
    mutating func take(_ requests: [RequestTrace], page: Int) {
        all = requests
        let traces = traces
        let row = selected.flatMap { id in traces.firstIndex { $0.id == id } }
        cursor.moveTo(row ?? cursor.row, count: traces.count, page: page)
        selected = current?.id
    }
}

/// The list above, the request below.
struct InspectorLayout {
    var window: Size
    var list: Rectangle
    var detail: Rectangle
    /// Requests that are seen at once.
    var page: Int { max(1, list.height - 1) }

    init(_ size: Size) {
        window = Size(width: min(128, size.width - 4), height: size.height - 2)
        let area = Rectangle(x: 0, y: 0, width: size.width, height: size.height).inset(x: 2, y: 1)
            .centered(width: window.width, height: window.height)
        let inside = area.inset(x: 1, y: 1)
        list = inside.top(max(4, min(14, inside.height / 3)))
        detail = inside.below(list.height + 1).inset(x: 1)
    }
}

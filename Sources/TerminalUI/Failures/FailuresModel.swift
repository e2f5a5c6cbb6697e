import CustomerRecords
import DeliveryModel
import TerminalKit

/// The table of records that were not delivered. It holds only the rows around what is shown: there may be a million.
struct FailuresModel: Sendable {
    /// What must be known of a marked record that may not be here any more.
    struct Mark: Hashable, Sendable {
        var run: RunID
        var isRejected: Bool

        init(_ record: FailedRecord) {
            run = record.run
            isRejected = record.kind == .rejected
        }
    }

    /// Which records are marked.
    enum Marks: Hashable, Sendable {
        case some([FailedRecord.ID: Mark])
        /// Everything the query selects, but for these.
        case all(except: Set<FailedRecord.ID>)

        static let none = Marks.some([:])
    }

    /// In the order in which `<` and `>` walk through them.
    static let columns: [FailureQuery.Column] = [
        .line, .name, .age, .cookie, .bannerID, .kind, .status, .attempts, .reason, .time,
    ]

    var query = FailureQuery()
    var count = 0
    /// Failed and rejected records of all runs, and those of them that were sent without being applied.
    var waiting = 0
    var undelivered = 0
    var facets = FacetsModel()
    /// What was dismissed here, the newest last.
    var dismissed: [[FailedRecord.ID]] = []
    var cursor = ListCursor()
    /// The record under the cursor: rows come and go, the cursor stays on it.
    var selected: FailedRecord.ID?
    var marks = Marks.none
    /// Where a range began.
    var rangeStart: Int?
    var showsDetail = true
    var isFiltering = false
    var filter = TextField()
    var isLoaded = false
    /// Whether another order or selection has been asked for and is not here yet.
    var isReading = false
    /// Seconds that the last looks took: at the list, and at how many failures wait.
    var readingTime = 0.0
    var countingTime = 0.0
    var problem: String?
    /// The newest request: answers to older ones are dropped.
    var request = 0
    private(set) var first = 0
    private(set) var rows: [FailedRecord] = []

    var hasDetail: Bool { showsDetail && count > 0 }

    func row(_ index: Int) -> FailedRecord? {
        rows.indices.contains(index - first) ? rows[index - first] : nil
    }

    var current: FailedRecord? { row(cursor.row) }

    /// Why there is nothing to act on.
    var emptiness: String { isLoaded ? "The list is empty" : "The list is still being read" }

    /// How many are marked.
    var marked: Int {
        switch marks {
        case .some(let marks): marks.count
        case .all(let except): max(0, count - except.count)
        }
    }

    /// Marked records that a retry can send: rejected ones must be edited first.
    var sendable: Int {
        switch marks {
        case .some(let marks): marks.values.count { !$0.isRejected }
        case .all: marked
        }
    }

    func isMarked(_ id: FailedRecord.ID) -> Bool {
        switch marks {
        case .some(let marks): marks[id] != nil
        case .all(let except): !except.contains(id)
        }
    }

    mutating func toggleMark(_ record: FailedRecord) {
        switch marks {
        case .some(var marked):
            if marked.removeValue(forKey: record.id) == nil { marked[record.id] = Mark(record) }
            marks = .some(marked)
        case .all(var except):
            if except.remove(record.id) == nil { except.insert(record.id) }
            marks = .all(except: except)
        }
    }

    mutating func mark(_ records: some Sequence<FailedRecord>) {
        switch marks {
        case .some(var marked):
            for record in records { marked[record.id] = Mark(record) }
            marks = .some(marked)
        case .all(let except): marks = .all(except: except.subtracting(records.map(\.id)))
        }
    }

    /// Leaves only the run to select.
    mutating func clearFilters() {
        filter = TextField()
        query.text = ""
        query.kinds = []
        query.reason = nil
        query.status = nil
    }

    /// Whether the rows that are shown, and a page before and after them, are here.
    func holds(page: Int) -> Bool {
        let page = max(1, page)
        let near = max(0, cursor.top - page)..<max(0, min(count, cursor.top + 2 * page))
        return near.isEmpty || (near.lowerBound >= first && near.upperBound <= first + rows.count)
    }

    /// Takes the answer to a fetch. The cursor goes where its record went; when the record is gone, to what stands in
    /// its place.
    mutating func take(_ page: FailurePage, visible: Int) {
        count = page.count
        first = page.first
        rows = page.rows
        isLoaded = true
        isReading = false
        readingTime = page.seconds
        problem = nil
        // The operator may have moved on since the question was asked.
        let found = rows.firstIndex { $0.id == selected }.map { first + $0 }
        let shift = found.map { $0 - cursor.row } ?? page.shift
        cursor.row += shift
        cursor.top += shift
        rangeStart = rangeStart.map { max(0, $0 + shift) }
        cursor.keepVisible(count: count, page: visible)
        selected = current?.id
        if case .some(let marked) = marks, !page.gone.isEmpty {
            marks = .some(marked.filter { !page.gone.contains($0.key) })
        }
    }
}

/// The rows around a place, and how far the cursor's record has moved.
struct FailurePage: Hashable, Sendable {
    var request: Int
    var count: Int
    /// Position of the first of `rows`.
    var first: Int
    var rows: [FailedRecord]
    /// Rows that the cursor's record moved down the list since it was last seen.
    var shift = 0
    /// Marked records that the list no longer holds.
    var gone: Set<FailedRecord.ID> = []
    /// How long it took to read the list's order.
    var seconds = 0.0
}

extension Model {
    var failuresLayout: FailuresLayout {
        FailuresLayout(size, hasDetail: failures.hasDetail, hasFacets: failures.facets.isFocused)
    }
}

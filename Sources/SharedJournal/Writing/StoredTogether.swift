#if PostgreSQL
import CustomerRecords
import DeliveryModel
import DeliveryStore

extension [JournalOperation] {
    /// What writes the operations of one commit. Single records of a run that follow each other are written by one statement:
    /// one by one they would be most of what the database does for them. Of what is said several times of a run's progress
    /// the last is written.
    func statements(for node: String, in folder: String) throws -> [Statement] {
        var all: [Statement] = []
        var together = StoredTogether()
        let newest = newestProgress
        for (index, operation) in enumerated() {
            if case .progress(let run, _) = operation, newest[run] != index { continue }
            guard case .store(let run, let position, let record, let claim) = operation else {
                together.end(&all, node)
                all += try operation.statements(for: node, in: folder)
                continue
            }
            if together.run != run { together.end(&all, node) }
            together.run = run
            together.add(record, at: position)
            if let claim { all.append(claim.statement(of: node, run: run, position: position)) }
        }
        together.end(&all, node)
        return all
    }

    private var newestProgress: [RunID: Int] {
        var newest: [RunID: Int] = [:]
        for case (let index, .progress(let run, _)) in enumerated() { newest[run] = index }
        return newest
    }
}

/// Records that one statement writes, column by column.
private struct StoredTogether {
    var run: RunID?
    private var positions: [Int64] = []
    private var lines: [Int64] = []
    private var names: [String?] = []
    private var ages: [String?] = []
    private var cookies: [String?] = []
    private var bannerIDs: [String?] = []
    private var roots: [Int64?] = []

    mutating func add(_ record: StoredRecord, at position: Int) {
        positions.append(Int64(position))
        lines.append(Int64(record.line))
        names.append(record.fields.name)
        ages.append(record.fields.age)
        cookies.append(record.fields.cookie)
        bannerIDs.append(record.fields.bannerID)
        roots.append(record.root)
    }

    mutating func end(_ statements: inout [Statement], _ node: String) {
        guard let run else { return }
        statements.append(
            Statement(
                "SELECT op_store_all($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                [
                    .text(node), Value(run), .array(positions), .array(lines), .array(names), .array(ages),
                    .array(cookies), .array(bannerIDs), .array(roots.map { $0.map(String.init) }),
                ]))
        self = StoredTogether()
    }
}
#endif

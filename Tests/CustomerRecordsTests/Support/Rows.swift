@testable import CustomerRecords

/// The rows of a source with the header that stands above each, found without any of the reader's decisions.
struct Rows {
    private struct Row {
        var fields: [String]
        var columns: [Int]
    }

    /// By the physical line where they begin.
    private var rows: [Int: Row] = [:]

    init(_ bytes: [UInt8], delimiter: Delimiter) {
        var options = ReaderOptions(delimiter: delimiter, hasNoHeader: true)
        options.filter = AgeFilter(minimum: 0)
        guard let reference = try? ReferenceReader(bytes, options: options) else { return }
        var columns = [0, 1, 2, 3]
        var start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        while start < reference.bytes.count {
            let record = reference.record(at: start, delimiter)
            let fields = (record?.fields ?? []).map { String(decoding: $0, as: UTF8.self) }
            let titles = (record?.fields ?? []).map(ReferenceReader.title)
            let places = ["name", "age", "cookie", "bannerid"].map { titles.firstIndex(of: $0) }
            if places.allSatisfy({ $0 != nil }) { columns = places.map { $0! } }
            rows[reference.position(start).line] = Row(fields: fields, columns: columns)
            start = reference.line(at: record?.end ?? start).next
        }
    }

    func hold(_ customer: CustomerRow) -> Bool {
        guard let row = rows[customer.line], row.fields.count > row.columns.max()! else { return false }
        return row.columns.map { row.fields[$0] } == customer.fields.texts
    }
}

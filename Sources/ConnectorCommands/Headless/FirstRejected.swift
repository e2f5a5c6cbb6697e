import CustomerRecords

/// Where the first rejected record of each reason stands, and what is wrong with it.
struct FirstRejected: RejectedRecordSink {
    private struct Record {
        var line: Int
        var fault: RecordFault
        var raw: [UInt8]
    }

    private let rules: RecordRules
    private var records: [ReasonCode: Record] = [:]
    /// One line for each reason, in the order of the rules.
    private(set) var lines: [String] = []

    init(rules: RecordRules = RecordRules()) {
        self.rules = rules
    }

    mutating func rejected(line: Int, fault: RecordFault, raw: UnsafeRawBufferPointer) {
        guard records[fault.reason] == nil else { return }
        records[fault.reason] = Record(line: line, fault: fault, raw: Array(raw))
    }

    /// Puts what was found into words, once it is known how the source is written.
    mutating func describe(_ dialect: CSVDialect?) {
        guard let dialect else { return }
        lines = ReasonCode.allCases.compactMap { reason in
            guard let record = records[reason] else { return nil }
            let message = record.raw.withUnsafeBytes { dialect.message(for: record.fault, in: $0, rules: rules) }
            // The message of a field begins with the field's name, which is the reason.
            let what = message.hasPrefix(reason.rawValue) ? message : "\(reason.rawValue): \(message)"
            return "line \(record.line): \(what)"
        }
    }
}

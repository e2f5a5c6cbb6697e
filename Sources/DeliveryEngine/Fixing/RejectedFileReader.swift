import CustomerRecords
import DeliveryModel
import Foundation
import SystemPackage

/// Reads a run's `rejected.csv` from its beginning to its end, a part at a time.
struct RejectedFileReader: ~Copyable {
    struct Row: Sendable {
        var line: Int
        var reason: ReasonCode
        var message: String
        var raw: String
    }

    private let path: FilePath
    private let file: FileDescriptor
    private var bytes: [UInt8] = []
    private var isAtEnd = false
    private var hasSkippedHeader = false

    private static let part = 256 * 1024

    /// `nil` when the run has no such file.
    init?(_ path: FilePath) throws(DeliveryError) {
        self.path = path
        do {
            file = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec, .noFollow])
        } catch Errno.noSuchFileOrDirectory {
            return nil
        } catch {
            throw DeliveryError(.journal, "\(path): can't be read: \(error).")
        }
    }

    deinit { try? file.close() }

    /// The next rows; `nil` at the end. A row that is cut off at the end was not written whole, and is left out.
    mutating func next() throws(DeliveryError) -> [Row]? {
        while true {
            let rows = takeRows()
            if !rows.isEmpty { return rows }
            guard !isAtEnd else { return nil }
            try fill()
        }
    }

    private mutating func fill() throws(DeliveryError) {
        do {
            let start = bytes.count
            bytes.append(contentsOf: repeatElement(0, count: Self.part))
            let count = try bytes.withUnsafeMutableBytes { buffer in
                try file.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[start...]))
            }
            bytes.removeLast(Self.part - count)
            isAtEnd = count == 0
        } catch {
            throw DeliveryError(.journal, "\(path): can't be read: \(error).")
        }
    }

    /// The whole rows of what was read; the rest stays.
    private mutating func takeRows() -> [Row] {
        var rows: [Row] = []
        var taken = 0
        while let end = CSVRow.end(in: bytes, from: taken) {
            if hasSkippedHeader, let row = Row(CSVRow.fields(of: bytes[taken..<end])) { rows.append(row) }
            hasSkippedHeader = true
            taken = end
        }
        bytes.removeFirst(taken)
        return rows
    }
}

extension RejectedFileReader.Row {
    init?(_ fields: [String]) {
        guard fields.count == 4, let line = Int(fields[0]), let reason = ReasonCode(rawValue: fields[1]) else {
            return nil
        }
        self.init(line: line, reason: reason, message: fields[2], raw: fields[3])
    }
}

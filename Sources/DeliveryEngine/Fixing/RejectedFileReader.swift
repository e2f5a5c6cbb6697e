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
        var fields: [String] = []
        var field: [UInt8] = []
        var isQuoted = false
        var taken = 0
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            switch byte {
            case UInt8(ascii: "\""):
                if isQuoted, index < bytes.count, bytes[index] == byte {
                    field.append(byte)
                    index += 1
                } else {
                    // A quote at the end of what was read may be the first of two: its row is not whole anyway.
                    isQuoted.toggle()
                }
            case UInt8(ascii: ",") where !isQuoted:
                fields.append(String(decoding: field, as: UTF8.self))
                field.removeAll(keepingCapacity: true)
            case UInt8(ascii: "\n") where !isQuoted:
                if field.last == UInt8(ascii: "\r") { field.removeLast() }
                fields.append(String(decoding: field, as: UTF8.self))
                field.removeAll(keepingCapacity: true)
                if hasSkippedHeader, let row = Row(fields) { rows.append(row) }
                hasSkippedHeader = true
                fields.removeAll(keepingCapacity: true)
                taken = index
            default: field.append(byte)
            }
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

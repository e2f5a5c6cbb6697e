import DeliveryModel
import DeliveryStore
import DurableFiles
import Foundation
import SystemPackage

/// Rewrites one of the program's own CSV files without some of its records. What they stood in is overwritten.
struct RecordFilter {
    let path: FilePath
    /// Whether a file without records is removed.
    let removesEmpty: Bool
    let leavesOut: ([UInt8]) -> Bool

    private static let part = 256 * 1024

    /// - Returns: how many records were left out, or would be.
    func run(isDryRun: Bool) throws(DeliveryError) -> Int {
        do {
            let (kept, left) = try walk { _ in }
            if left == 0 || isDryRun { return left }
            if kept == 0, removesEmpty {
                try Self.overwriteAndRemove(path)
                return left
            }
            try rewrite()
            return left
        } catch let error as DeliveryError {
            throw error
        } catch {
            throw DeliveryError(.journal, "\(path) can't be rewritten: \(error). Erase again when that is fixed.")
        }
    }

    private func rewrite() throws {
        let folder = path.removingLastComponent()
        let draft = folder.appending("\(Self.draftPrefix)\(getpid())-\(UInt32.random(in: 0...(.max))).tmp")
        let old = try FileDescriptor.open(path, .readWrite, options: [.closeOnExec, .noFollow])
        defer { try? old.close() }
        let new = try FileDraft(of: path, as: draft)
        _ = try walk { try new.write($0) }
        // What is overwritten next must not be found again under its name.
        try new.commit(.contentAndName)
        try Self.overwrite(old)
    }

    /// Hands on the header and the records that are kept.
    private func walk(_ write: ([UInt8]) throws -> Void) throws -> (kept: Int, left: Int) {
        let file = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec, .noFollow])
        defer { try? file.close() }
        var bytes: [UInt8] = []
        var (kept, left, isHeader) = (0, 0, true)
        func take(_ record: [UInt8]) throws {
            if isHeader || !leavesOut(record) {
                try write(record)
                if !isHeader { kept += 1 }
            } else {
                left += 1
            }
            isHeader = false
        }
        while true {
            let start = bytes.count
            bytes.append(contentsOf: repeatElement(0, count: Self.part))
            let count = try bytes.withUnsafeMutableBytes { buffer in
                try file.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[start...]))
            }
            bytes.removeLast(Self.part - count)
            var begin = 0
            while let end = CSVRow.end(in: bytes, from: begin) {
                try take(Array(bytes[begin..<end]))
                begin = end
            }
            bytes.removeFirst(begin)
            if count == 0 { break }
        }
        if !bytes.isEmpty { try take(bytes) }
        return (kept, left)
    }

    // MARK: Overwriting

    static let draftPrefix = ".erase-"

    static func overwriteAndRemove(_ path: FilePath) throws {
        let file = try FileDescriptor.open(path, .readWrite, options: [.closeOnExec, .noFollow])
        defer { try? file.close() }
        try overwrite(file)
        unlink(path.string)
    }

    private static func overwrite(_ file: FileDescriptor) throws {
        let size = Int(try file.seek(offset: 0, from: .end))
        let zeros = [UInt8](repeating: 0, count: min(size, part))
        for offset in stride(from: 0, to: size, by: part) {
            try file.writeAll(toAbsoluteOffset: Int64(offset), zeros.prefix(size - offset))
        }
        guard fsync(file.rawValue) == 0 else { throw Errno(rawValue: errno) }
    }
}

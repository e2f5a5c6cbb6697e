import CustomerRecords
import DeliveryModel
import DeliveryStore
import Foundation
import SystemPackage

/// Finds cookies as fields or words in files of any size.
enum WordSearch {
    private static let part = 256 * 1024
    /// The longest stretch without white space that is kept together; no cookie is longer.
    private static let longestWord = 4096

    /// How often cookies stand in a text.
    static func count(_ cookies: ErasedCookies, in source: some ByteSource) throws -> Int {
        var count = 0
        try forEachPart(of: source) { bytes, _ in count += cookies.places(in: bytes).count }
        return count
    }

    /// How often cookies stand in a file, as it is.
    static func count(_ cookies: ErasedCookies, in path: FilePath) throws(DeliveryError) -> Int {
        do {
            return try count(cookies, in: FileSource(try SourceFile(path.string)))
        } catch let error as DeliveryError {
            throw error
        } catch {
            throw DeliveryError(.journal, "\(path) can't be read: \(error).")
        }
    }

    /// Overwrites cookies in a file to which lines may be appended in the meantime.
    /// - Returns: how many there were.
    static func blank(_ cookies: ErasedCookies, in path: FilePath, isDryRun: Bool) throws(DeliveryError) -> Int {
        do {
            let file = try FileDescriptor.open(
                path, isDryRun ? .readOnly : .readWrite, options: [.closeOnExec, .noFollow])
            defer { try? file.close() }
            var count = 0
            try forEachPart(of: FileSource(try SourceFile(path.string))) { bytes, offset in
                let places = cookies.places(in: bytes, shortest: ErasedCookies.shortestInText)
                count += places.count
                if isDryRun { return }
                for place in places {
                    let stars = [UInt8](repeating: UInt8(ascii: "*"), count: place.count)
                    try file.writeAll(toAbsoluteOffset: Int64(offset + place.lowerBound), stars)
                }
            }
            if count > 0, !isDryRun, fsync(file.rawValue) != 0 { throw Errno(rawValue: errno) }
            return count
        } catch let error as DeliveryError {
            throw error
        } catch {
            throw DeliveryError(.journal, "\(path) can't be written: \(error).")
        }
    }

    /// Parts that end where a line or a word ends.
    private static func forEachPart(
        of source: some ByteSource, _ body: (_ bytes: [UInt8], _ offset: Int) throws -> Void
    ) throws {
        var source = source
        var bytes: [UInt8] = []
        var offset = 0
        while true {
            let kept = bytes.count
            bytes.append(contentsOf: repeatElement(0, count: part))
            let count = try bytes.withUnsafeMutableBytes { buffer in
                try source.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[kept...]))
            }
            bytes.removeLast(part - count)
            guard count > 0 else { break }
            var end = bytes.count
            let floor = max(0, bytes.count - longestWord)
            while end > floor, bytes[end - 1] != UInt8(ascii: "\n"), bytes[end - 1] != UInt8(ascii: " ") { end -= 1 }
            if end == floor { end = max(0, bytes.count - 1024) }
            try body(Array(bytes[..<end]), offset)
            bytes.removeFirst(end)
            offset += end
        }
        if !bytes.isEmpty { try body(bytes, offset) }
    }
}

import Foundation
import SystemPackage

/// A set of keys in a file of pages. The upper bits of a key say in which page it stands, so twice as many pages are
/// written in one pass from the first to the last.
final class VisitorFile {
    private static let pageBytes = 4096
    private static let keysOfPage = pageBytes / MemoryLayout<VisitorKey>.size

    private let folder: FilePath
    private var descriptor: FileDescriptor
    /// There are two to the power of this many pages.
    private var bits: Int
    private var page = [VisitorKey](repeating: .none, count: keysOfPage)

    /// - Parameter count: how many keys are about to come.
    init(folder: FilePath?, for count: Int) throws {
        self.folder = folder ?? FilePath(NSTemporaryDirectory())
        // About half full then.
        bits = max(1, (2 * count / Self.keysOfPage).bitWidth - (2 * count / Self.keysOfPage).leadingZeroBitCount)
        descriptor = try Self.create(in: self.folder, pages: 1 << bits)
    }

    deinit { try? descriptor.close() }

    func contains(_ key: VisitorKey) throws -> Bool {
        try read(pageIndex(of: key))
        for other in page {
            if other == key { return true }
            if other == .none { return false }
        }
        return false
    }

    /// - Parameter keys: in ascending order; none of them stands in the file.
    func add(_ keys: [VisitorKey]) throws {
        var next = 0
        while next < keys.count {
            let index = pageIndex(of: keys[next])
            try read(index)
            var filled = page.firstIndex(of: .none) ?? page.count
            let group = keys[next...].prefix { pageIndex(of: $0) == index }
            guard filled + group.count <= page.count else {
                try grow()
                continue
            }
            for key in group {
                page[filled] = key
                filled += 1
            }
            try write(page, at: index)
            next += group.count
        }
    }

    private func pageIndex(of key: VisitorKey) -> Int { Int(key.high >> UInt64(64 - bits)) }

    /// Writes the keys of each page to two pages of a new file.
    private func grow() throws {
        let old = descriptor
        let larger = try Self.create(in: folder, pages: 1 << (bits + 1))
        do {
            for index in 0..<1 << bits {
                try read(index)
                let keys = page.prefix { $0 != .none }
                for half in 0...1 {
                    let bit = UInt64(half) << UInt64(63 - bits)
                    let part = keys.filter { $0.high & (1 << UInt64(63 - bits)) == bit }
                    guard !part.isEmpty else { continue }
                    let padding = [VisitorKey](repeating: .none, count: Self.keysOfPage - part.count)
                    try Self.write(part + padding, at: 2 * index + half, of: larger, folder)
                }
            }
        } catch {
            try? larger.close()
            throw error
        }
        try? old.close()
        descriptor = larger
        bits += 1
    }

    private func read(_ index: Int) throws {
        do {
            let count = try page.withUnsafeMutableBytes { bytes in
                try descriptor.read(fromAbsoluteOffset: Int64(index * Self.pageBytes), into: bytes)
            }
            // A part of a page is never written.
            guard count == Self.pageBytes else { throw Errno.ioError }
        } catch let error as Errno {
            throw VisitorTableFault(folder, error)
        }
    }

    private func write(_ page: [VisitorKey], at index: Int) throws {
        try Self.write(page, at: index, of: descriptor, folder)
    }

    private static func write(
        _ page: [VisitorKey], at index: Int, of file: FileDescriptor, _ folder: FilePath
    ) throws {
        do {
            _ = try page.withUnsafeBytes { try file.writeAll(toAbsoluteOffset: Int64(index * pageBytes), $0) }
        } catch let error as Errno {
            throw VisitorTableFault(folder, error)
        }
    }

    /// An empty file without a name. What was never written reads as zeros, which are free places.
    private static func create(in folder: FilePath, pages: Int) throws -> FileDescriptor {
        do {
            let path = folder.appending("visitors-\(getpid())-\(UInt64.random(in: 0...(.max)))")
            let file = try FileDescriptor.open(
                path, .readWrite, options: [.create, .exclusiveCreate, .closeOnExec], permissions: [.ownerReadWrite])
            unlink(path.string)
            do {
                try file.resize(to: Int64(pages * pageBytes))
                return file
            } catch {
                try? file.close()
                throw error
            }
        } catch let error as Errno {
            throw VisitorTableFault(folder, error)
        }
    }
}

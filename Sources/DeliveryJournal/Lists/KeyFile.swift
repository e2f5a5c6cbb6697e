import CustomerRecords
import DurableFiles
import Foundation
import SystemPackage

/// Keys in ascending order, 16 bytes each, in a file that never changes.
struct KeyFile {
    /// Keys that are read at a time.
    private static let part = 4096

    private let descriptor: FileDescriptor
    let count: Int
    private var keys: [DeliveryKey] = []
    /// Of the first of `keys`.
    private var start = 0

    init(_ path: FilePath) throws {
        descriptor = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec, .noFollow])
        count = Int(try descriptor.seek(offset: 0, from: .end)) / DeliveryKey.size
    }

    func close() { try? descriptor.close() }

    /// Marks those that stand in the file. Hashes are spread evenly, so where one stands is known within a few parts;
    /// parts in which none is looked for are not read.
    mutating func find(_ wanted: [DeliveryKey], into found: inout [Bool]) throws {
        guard count > 0 else { return }
        for (index, key) in wanted.enumerated() where !found[index] {
            try move(to: key)
            found[index] = contains(key)
        }
    }

    /// Reads the part in which a key would stand. Keys come in ascending order, so what lies before is done with.
    private mutating func move(to key: DeliveryKey) throws {
        if let last = keys.last, key <= last { return }
        let parts = (count + Self.part - 1) / Self.part
        let next = keys.isEmpty ? 0 : start / Self.part + 1
        var place = max(next, Int(key.high.multipliedFullWidth(by: UInt64(parts)).high))
        guard place < parts else { return }
        try read(place)
        while keys[keys.count - 1] < key, place + 1 < parts {
            place += 1
            try read(place)
        }
        try stepBack(for: key, to: next)
    }

    private mutating func stepBack(for key: DeliveryKey, to first: Int) throws {
        while let head = keys.first, key < head, start / Self.part > first { try read(start / Self.part - 1) }
    }

    private func contains(_ key: DeliveryKey) -> Bool {
        var (low, high) = (0, keys.count)
        while low < high {
            let middle = (low + high) / 2
            if keys[middle] < key { low = middle + 1 } else { high = middle }
        }
        return low < keys.count && keys[low] == key
    }

    private mutating func read(_ part: Int) throws {
        start = part * Self.part
        keys = try Self.read(descriptor, start, min(Self.part, count - start))
    }

    /// Some of the keys, in their order.
    func keys(_ start: Int, _ count: Int) throws -> [DeliveryKey] { try Self.read(descriptor, start, count) }

    static func read(_ file: FileDescriptor, _ start: Int, _ count: Int) throws -> [DeliveryKey] {
        try [DeliveryKey](unsafeUninitializedCapacity: count) { buffer, filled in
            let bytes = UnsafeMutableRawBufferPointer(buffer)
            var done = 0
            let size = count * DeliveryKey.size
            while done < size {
                let more = try file.read(
                    fromAbsoluteOffset: Int64(start * DeliveryKey.size + done),
                    into: UnsafeMutableRawBufferPointer(rebasing: bytes[done..<size]))
                guard more > 0 else { throw Errno.ioError }
                done += more
            }
            filled = count
        }
    }

    /// One key after the other.
    struct Cursor {
        private let file: KeyFile
        private var keys: [DeliveryKey] = []
        private var index = 0
        private var next = 0

        init(_ file: KeyFile) throws {
            self.file = file
            try refill()
        }

        var key: DeliveryKey? { index < keys.count ? keys[index] : nil }

        mutating func advance() throws {
            index += 1
            if index == keys.count { try refill() }
        }

        private mutating func refill() throws {
            index = 0
            keys =
                next < file.count ? try KeyFile.read(file.descriptor, next, min(KeyFile.part, file.count - next)) : []
            next += keys.count
        }
    }
}

/// Writes keys in ascending order to a new file, each once, and makes it durable.
struct KeyFileWriter {
    private let file: FileDraft
    private var buffer: [DeliveryKey] = []
    private var last: DeliveryKey?
    private(set) var count = 0

    init(_ path: FilePath) throws {
        file = try FileDraft(of: path, as: FilePath(path.string + ".tmp"))
        buffer.reserveCapacity(4096)
    }

    mutating func add(_ key: DeliveryKey) throws {
        if key == last { return }
        last = key
        count += 1
        buffer.append(key)
        if buffer.count == 4096 { try flush() }
    }

    private mutating func flush() throws {
        try buffer.withUnsafeBytes { try file.write($0) }
        buffer.removeAll(keepingCapacity: true)
    }

    /// - Returns: how many keys the file holds.
    mutating func finish() throws -> Int {
        try flush()
        try file.commit(.contentAndName)
        return count
    }
}

public import SystemPackage

/// Remembers which cookies with which banner a source has held, whatever their number: the newest ones in memory, the
/// others in a file that has no name, so that it is gone with its last user.
///
/// A class, since the readers of the parts of a source share it. One of them at a time uses it.
public final class VisitorTable: @unchecked Sendable {
    /// Where the file lies; `nil` is the system's temporary folder.
    private let folder: FilePath?
    private let maximumInMemory: Int
    private let seed = VisitorKey.random()
    private var recent = RecentVisitors()
    private var file: VisitorFile?

    /// - Parameters:
    ///   - folder: takes the file when one is needed; `nil` is the system's temporary folder.
    ///   - maximumInMemory: how many visitors memory holds before they move to the file.
    public init(folder: FilePath? = nil, maximumInMemory: Int = 1 << 17) {
        self.folder = folder
        self.maximumInMemory = max(1, maximumInMemory)
    }

    /// Remembers a visitor, and tells whether it was new.
    ///
    /// - Parameter bytes: the cookie and the banner in some form that is always the same.
    /// - Throws: `VisitorTableFault`.
    func insert(_ bytes: UnsafeRawBufferPointer) throws -> Bool {
        let key = VisitorKey(of: bytes, seed: seed)
        if recent.contains(key) { return false }
        if let file, try file.contains(key) { return false }
        if recent.count >= maximumInMemory {
            if file == nil { file = try VisitorFile(folder: folder, for: maximumInMemory) }
            try file?.add(recent.takeAll().sorted())
        }
        recent.insert(key)
        return true
    }
}

/// Why the visitors of a source can't be remembered.
public struct VisitorTableFault: Error, CustomStringConvertible, Sendable {
    public let description: String

    init(_ folder: FilePath, _ errno: Errno) {
        description = "the visitors seen so far can't be kept in \(folder): \(errno). Free up space there and resume."
    }
}

/// A set of keys in memory, with open addressing.
struct RecentVisitors {
    private var places = [VisitorKey](repeating: .none, count: 256)
    private(set) var count = 0

    func contains(_ key: VisitorKey) -> Bool { places[place(of: key)] == key }

    /// - Parameter key: one that it does not contain.
    mutating func insert(_ key: VisitorKey) {
        if count * 2 >= places.count { grow() }
        places[place(of: key)] = key
        count += 1
    }

    /// Empties it and keeps its memory.
    mutating func takeAll() -> [VisitorKey] {
        let all = places.filter { $0 != .none }
        for index in places.indices { places[index] = .none }
        count = 0
        return all
    }

    private mutating func grow() {
        let all = places.filter { $0 != .none }
        places = [VisitorKey](repeating: .none, count: places.count * 2)
        for key in all { places[place(of: key)] = key }
    }

    /// Where a key stands, or the free place that it would take.
    private func place(of key: VisitorKey) -> Int {
        let mask = places.count - 1
        var index = Int(truncatingIfNeeded: key.low) & mask
        while places[index] != key, places[index] != .none { index = (index + 1) & mask }
        return index
    }
}

public import CustomerRecords
public import DeliveryModel

/// Where the bytes of a source lie.
public enum SourceLocation: Hashable, Sendable {
    /// A file of the operator's.
    case file(path: String)
    /// A file in the spool, by its name there, so that the state directory can be moved. The run owns and removes it.
    case spool(name: String)
    /// The store holds the records itself.
    case stored
}

/// A source's place and what it was known by when its run began.
public struct LocatedSource: Hashable, Sendable {
    /// Where its bytes lie.
    public var location: SourceLocation
    /// What its content was when the run began; `nil` for stored records.
    public var fingerprint: SourceFingerprint?

    public init(location: SourceLocation, fingerprint: SourceFingerprint? = nil) {
        self.location = location
        self.fingerprint = fingerprint
    }
}

/// What makes a file look like the same file as before. It finds candidates; only a hash of the content proves it.
public struct SourceFingerprint: Codable, Hashable, Sendable {
    /// In bytes.
    public var size: Int
    /// Nanoseconds since 1970.
    public var modified: Int64
    /// Hash of the first and last 64 KiB.
    public var digest: UInt64

    public init(size: Int, modified: Int64, digest: UInt64) {
        self.size = size
        self.modified = modified
        self.digest = digest
    }

    /// Whether the content may be the same. A copy, or a file that was only touched, has another time.
    public func isAlike(_ other: SourceFingerprint) -> Bool { size == other.size && digest == other.digest }
}

/// What a source was: the hash of all of its decoded bytes, and how many they were.
public struct ContentIdentity: Hashable, Sendable {
    /// 16 bytes.
    public var hash: [UInt8]
    /// Of the decoded text, in bytes.
    public var length: Int

    public init(hash: [UInt8], length: Int) {
        self.hash = hash
        self.length = length
    }
}

/// A run that read a content to its end.
public struct ContentDelivery: Hashable, Sendable {
    /// The run that delivered it.
    public var run: RunID
    /// How that run read it.
    public var options: ReaderOptions
    /// Whether it is forgotten with records that nobody delivered or dismissed: which ones is no longer known.
    public var lacksRecords: Bool

    public init(run: RunID, options: ReaderOptions, lacksRecords: Bool = false) {
        self.run = run
        self.options = options
        self.lacksRecords = lacksRecords
    }
}

public import struct Foundation.Date

/// Which runs are listed; without anything all of them.
public struct RunQuery: Hashable, Codable, Sendable {
    /// What runs deliver: one of the kinds by its word, or one source by its text.
    public enum Source: Hashable, Codable, Sendable {
        case kind(String)
        case text(String)

        /// The words for the kinds of sources.
        public static let kinds = ["file", "stdin", "upload", "single", "retry"]

        public init(_ word: String) { self = Self.kinds.contains(word) ? .kind(word) : .text(word) }
    }

    /// The stable word of a state.
    public var state: String?
    public var source: Source?
    /// Only runs that began then or later.
    public var since: Date?
    /// Only runs that a token of this name asked for.
    public var submitter: String?

    public init(state: String? = nil, source: Source? = nil, since: Date? = nil) {
        self.state = state
        self.source = source
        self.since = since
    }

    /// Whether a run was asked for with a token of that name: then a client's address stands behind it. What stands behind the
    /// name of a user is the name of a machine.
    public static func isFrom(_ token: String, _ submittedBy: String?) -> Bool {
        guard let submittedBy, submittedBy.hasPrefix(token + "@") else { return false }
        let place = submittedBy.utf8.dropFirst(token.utf8.count + 1)
        return place.contains(UInt8(ascii: ":"))
            || place.allSatisfy { $0 == UInt8(ascii: ".") || (0x30...0x39).contains($0) }
            || place.elementsEqual("unknown".utf8)
    }

    public func matches(_ run: RunSummary) -> Bool {
        if let state, run.state.word != state { return false }
        if let since, run.startedAt < since { return false }
        if let submitter, !Self.isFrom(submitter, run.submittedBy) { return false }
        switch source {
        case nil: return true
        case .kind(let kind): return run.source.kind == kind
        case .text(let text): return run.source.text == text
        }
    }
}

extension RunSource {
    /// The stable word for its kind.
    public var kind: String {
        switch self {
        case .file: "file"
        case .standardInput: "stdin"
        case .upload: "upload"
        case .submissions: "single"
        case .retry: "retry"
        }
    }
}

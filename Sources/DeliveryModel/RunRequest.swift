public import CustomerRecords

/// What to deliver.
public struct RunRequest: Codable, Sendable {
    public enum Source: Codable, Sendable {
        /// A file; anything but a regular file is spooled first.
        case file(path: String)
        /// A file that was streamed, complete and synced, to the spool; the run owns and removes it.
        /// - Parameters:
        ///   - path: where it lies in the spool.
        ///   - source: its human-readable name.
        case spooled(path: String, source: RunSource)
    }

    public var source: Source
    /// How the source is read, and whose records are sent.
    public var options: ReaderOptions
    /// The client's key under which the run is noted, in the same commit that creates it.
    public var claim: KeyClaim?
    /// Who asks for it: a token's name and a client's address; `nil` is this process's user.
    public var submittedBy: String?

    public init(
        source: Source, options: ReaderOptions = ReaderOptions(), claim: KeyClaim? = nil,
        submittedBy: String? = nil
    ) {
        self.source = source
        self.options = options
        self.claim = claim
        self.submittedBy = submittedBy
    }
}

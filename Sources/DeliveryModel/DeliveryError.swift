/// Something that the user can understand and act on. `description` is one line: what, where and what to do.
public struct DeliveryError: Error, Hashable, Codable, Sendable, CustomStringConvertible {
    public enum Code: String, Hashable, Codable, Sendable {
        /// The source can't be read, is not CSV that we understand, or changed since the run began.
        case source
        /// Settings, the API's address, the key, or an answer that says they are wrong.
        case configuration
        /// The state directory or the journal can't be used.
        case journal
        /// Another process delivers from the same state directory.
        case locked
        /// No such run or record.
        case notFound
        /// It can't be done in the present state.
        case conflict
        /// Too much is waiting; later it will work.
        case busy
        /// The process that was asked is ending, or has ended: it has not begun what it was asked for.
        case ending
    }

    public var code: Code
    public var message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }

    /// The error for a run that does not exist.
    public static func unknownRun(_ run: RunID) -> DeliveryError {
        DeliveryError(.notFound, "There is no run \(run). `data-connector runs` lists all runs.")
    }

    /// What to do about a disk that took no more, after "Make room" or another remedy.
    public static let resumesThen = "the run can then be resumed, which a service does by itself."
}

#if PostgreSQL
/// What the database or the way to it answered instead of a result.
struct PostgreSQLFault: Error, Hashable {
    /// The five characters that PostgreSQL gives each kind of error; `nil` when it did not answer.
    var code: String?
    var message: String

    /// Codes that this program's own functions raise.
    static let nodeIsGone = "DC001"
    static let belongsToAnother = "DC002"
    static let noSuchRun = "DC003"
    static let isCommitted = "DC004"
    static let commitsAreLost = "DC005"

    static func lost(_ message: String) -> PostgreSQLFault { PostgreSQLFault(code: nil, message: message) }

    /// Whether the connection is gone, or the server about to be: whether a commit happened is unknown then.
    var isConnectionLost: Bool {
        guard let code else { return true }
        return code.hasPrefix("08") || code.hasPrefix("57P")
    }

    /// Whether it is worth waiting for at the start: the server is away, and not one that refuses this user or database.
    var mayPass: Bool {
        guard code == nil, message.contains("FATAL:") else { return isConnectionLost }
        return message.contains("the database system is") || message.contains("too many")
    }

    /// Whether the same transaction may succeed now: a deadlock, a conflict, no room for a connection, a standby that
    /// does not write yet.
    var isTransient: Bool {
        guard let code else { return false }
        return code.hasPrefix("40") || code == "53300" || code == "25006" || code == "55P03"
    }
}
#endif

/// Who asks for something, and from where.
///
/// A face sets it around what it does for somebody (`Operator.$current.withValue`); whatever changes something notes it
/// in the audit.
public struct Operator: Hashable, Codable, Sendable {
    /// A user and host (`jane@vm`), or the name of a token.
    public var who: String
    /// One of the places below, or a client's address.
    public var from: String

    public init(who: String, from: String) {
        self.who = who
        self.from = from
    }

    /// A client as a run keeps it: `name@address`, or the address alone of one without a named token.
    public init(client: String) {
        guard let at = client.lastIndex(of: "@") else {
            self.init(who: "anonymous", from: client)
            return
        }
        self.init(who: String(client[..<at]), from: String(client[client.index(after: at)...]))
    }

    public static let commandLine = "command line"
    public static let screen = "screen"
    public static let dropFolder = "drop folder"
    public static let configurationFile = "configuration file"
    public static let controlSocket = "control socket"

    /// Who asks for what is being done now; `nil` is this process's own user, on the command line.
    @TaskLocal public static var current: Operator?
}

/// The token that all nodes use, as the database keeps it: one node logs in for all of them.
struct SharedLogin: Equatable {
    enum Turn: Equatable {
        case use(Int)
        /// This node logs in.
        case logIn
        /// Another one does.
        case wait
    }

    var token: Int?
    /// Who logs in, and since when.
    var node: String?
    private var since = 0.0

    /// How long others wait for a node that logs in.
    static let patience = 45.0

    /// - Parameter canUse: whether the node has the key with which it is sealed.
    mutating func turn(
        of node: String, replacing old: Int?, mustLogIn: Bool, canUse: Bool, clock: Double
    ) -> Turn {
        if !mustLogIn, canUse, let token, token != old { return .use(token) }
        guard self.node == nil || self.node == node || since < clock - Self.patience else { return .wait }
        (self.node, since) = (node, clock)
        return .logIn
    }

    mutating func conclude(_ node: String, _ token: Int?) {
        guard self.node == node || token != nil else { return }
        self.node = nil
        if let token { self.token = token }
    }
}

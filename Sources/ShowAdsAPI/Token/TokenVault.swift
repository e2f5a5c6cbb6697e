/// Where processes with one key keep the token that they share: an API may accept only the newest one.
public protocol TokenVault: Sendable {
    /// Finds a token that another process has fetched, or has this one fetch it for all of them.
    /// - Parameters:
    ///   - old: the token that is no longer good; `nil` at first.
    ///   - mustLogIn: whether the API has to be asked, however good the present token is.
    ///   - logIn: asks the API.
    func token(replacing old: String?, mustLogIn: Bool, _ logIn: () async -> TokenLogin) async -> TokenLogin
}

/// What a login came to.
public enum TokenLogin: Sendable {
    case token(String, APIResponse)
    case failed(APIResponse)
}

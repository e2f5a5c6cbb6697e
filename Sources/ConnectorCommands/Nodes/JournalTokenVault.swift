#if PostgreSQL
import SharedJournal
import ShowAdsAPI

/// The token as the nodes of a shared journal keep it.
struct JournalTokenVault: TokenVault {
    let token: SharedToken

    func token(replacing old: String?, mustLogIn: Bool, _ logIn: () async -> TokenLogin) async -> TokenLogin {
        switch await token.turn(replacing: old, mustLogIn: mustLogIn) {
        case .use(let text):
            return .token(text, APIResponse(.applied, label: "shared token", duration: .zero, phase: .auth))
        case .logIn:
            let login = await logIn()
            if case .token(let text, _) = login { await token.conclude(text) } else { await token.conclude(nil) }
            return login
        }
    }
}
#endif

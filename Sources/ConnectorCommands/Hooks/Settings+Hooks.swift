import ArgumentParser
import Foundation
import Logging
import RunHooks
import ShowAdsAPI

/// What is told when a run has ended, as it was set.
struct HookSettings: Sendable {
    var command: String?
    var webhook: String?
    /// What signs the webhook's bodies.
    var secret: Data?

    init(_ layers: SettingLayers) throws {
        command = try layers.string(.onEnd)
        webhook = try layers.string(.webhook)
        guard let (path, place) = try layers.text(.webhookSecretFile) else { return }
        guard webhook != nil else {
            throw ValidationError("\(place): there is no webhook to sign for. Set --webhook, too.")
        }
        guard let secret = FileManager.default.contents(atPath: path) else {
            throw ValidationError("\(place): \(path) can't be read.")
        }
        guard !secret.allSatisfy({ $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }) else {
            throw ValidationError("\(place): \(path) is empty. It must contain the secret.")
        }
        self.secret = secret
    }

    /// The hooks, ready to be used.
    /// - Parameter ownsTerminal: whether a screen is shown, so that nothing else may be written on the terminal.
    /// - Throws: `ValidationError` when the command or the address can't be used.
    func hooks(
        environment: [String: String] = ProcessInfo.processInfo.environment, ownsTerminal: Bool, logger: Logger
    ) throws -> HookRunner {
        let end = try command.map { line in
            let secrets = Set(SettingName.allCases.filter(\.isSecret).compactMap(\.environmentVariable))
            guard
                let command = EndCommand(
                    line, environment: environment, hiding: secrets.union(["PGPASSWORD"]), showsErrors: !ownsTerminal)
            else {
                throw ValidationError("--on-end: “\(line)”: no such executable program.")
            }
            return command
        }
        let post = try webhook.map { address in
            let proxies = try ProxySettings(environment: environment)
            let found = Webhook(address, secret: secret) { usesTLS, host, port in
                proxies.proxy(usesTLS: usesTLS, host: host, port: port)
                    .map { Webhook.Proxy(host: $0.host, port: $0.port, authorization: $0.authorization) }
            }
            guard let webhook = found else {
                throw ValidationError("--webhook: not an http or https address.")
            }
            guard URLComponents(string: address)?.user == nil else {
                throw ValidationError(
                    "--webhook: a user name and password in the address are not sent. Sign the body with "
                        + "--webhook-secret-file instead.")
            }
            return webhook
        }
        return HookRunner(command: end, webhook: post, logger: logger)
    }
}

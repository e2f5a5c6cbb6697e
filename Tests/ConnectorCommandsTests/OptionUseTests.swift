import Testing

@testable import ConnectorCommands

@Suite("An option without effect is refused by its name")
struct OptionUseTests {
    private static let reading: [SettingName] = [
        .minAge, .maxAge, .delimiter, .encoding, .column, .noHeader, .shortRows, .nameFormat, .asciiNames,
        .cookieFormat, .rejectSuspicious, .maxRejected, .repeats, .onlyNew,
    ]
    private static let sending: [SettingName] = [
        .profile, .apiURL, .projectKeyFile, .insecureHTTP, .timeout, .apiCA, .apiClientCert, .apiClientKey,
        .concurrency,
        .rate, .batchSize, .attempts, .window, .onEnd, .webhook, .webhookSecretFile, .stateDir,
    ]
    private static let listener: [SettingName] = [.maxUpload, .tlsCert, .tlsKey, .listenProxies, .listenLimits]
    private static let folder: [SettingName] = [.watch, .pattern, .settle, .duplicates, .keepFiles]
    private static let upkeep: [SettingName] = [.minFree, .keep, .keepFailed]

    /// What has an effect, work by work.
    private static func useful(_ work: OptionUse.Work) -> Set<SettingName> {
        let listening = listener + [.listen]
        let names: [SettingName] =
            switch work {
            case .screen: reading + sending + listening + folder + upkeep
            case .files: reading + sending + listening + upkeep + [.giveUpAfter]
            case .service: reading + sending + listening + folder + upkeep + [.drain]
            case .count: reading + sending + [.giveUpAfter]
            case .retry, .resume: sending + upkeep + [.giveUpAfter]
            }
        return Set(names)
    }

    @Test("on every command", arguments: [OptionUse.Work.screen, .files, .service, .count, .retry, .resume])
    func table(_ work: OptionUse.Work) throws {
        let listens = work == .screen || work == .files || work == .service
        let use = OptionUse(work: work, listens: listens)
        let options = Self.reading + Self.sending + Self.listener + Self.folder + Self.upkeep + [.giveUpAfter, .drain]
        for name in options {
            #expect((use.obstacle(to: name) == nil) == Self.useful(work).contains(name), "\(name.rawValue)")
        }
        try use.check(Self.useful(work))
    }

    @Test("with the simulated API, and without the listener")
    func modes() {
        let sandboxed = OptionUse(work: .files, usesSandbox: true)
        for name: SettingName in [.apiURL, .projectKeyFile, .insecureHTTP, .apiCA, .apiClientCert, .apiClientKey] {
            #expect(sandboxed.obstacle(to: name) != nil, "\(name.rawValue)")
        }
        for name in Self.listener + [.drain] { #expect(sandboxed.obstacle(to: name) != nil, "\(name.rawValue)") }
        #expect { try sandboxed.check([.rate, .apiURL]) } throws: {
            "\($0)".contains("--api-url has no effect with --sandbox")
        }
    }
}

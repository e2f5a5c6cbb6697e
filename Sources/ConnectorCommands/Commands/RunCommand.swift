import ArgumentParser
import CustomerRecords
import DeliveryEngine
import DeliveryModel
import DeliveryStore
import DropFolder
import Foundation
import HTTPListener
import Logging
import RunHooks
import TerminalKit
import TerminalUI

/// `data-connector [FILE]`: the terminal UI, or a delivery without one.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Open the terminal UI, or deliver FILE with --headless (the default command).")

    @Argument(
        help: ArgumentHelp(
            "CSV file; - is standard input. With --headless, several files or patterns are delivered one after another.",
            valueName: "file"))
    var files: [String] = []

    @Flag(help: "No terminal UI: deliver and exit.")
    var headless = false

    @Option(
        help: ArgumentHelp(
            "Accept submissions over HTTP in the background (default host: 127.0.0.1).",
            valueName: "[host:]port"))
    var listen: String?

    @OptionGroup(title: "HTTP listener") var listenerOptions: ListenerArguments

    @Option(
        help: ArgumentHelp(
            "Colors of the terminal UI: auto, dark, light, or mono (default: as last time).", valueName: "theme"))
    var theme: String?

    @Flag(help: "Deliver to a simulated API in this process; no address or key is needed.")
    var sandbox = false

    @Flag(
        help:
            "With --headless: skip a file whose content was delivered before, and send only the rest of one that was delivered in part."
    )
    var once = false

    @Flag(help: "Validate and count; send nothing.")
    var dryRun = false

    @Flag(help: "Print the summary as one JSON object.")
    var json = false

    @Flag(
        help: ArgumentHelp(
            "Open the screen of the process that uses the state directory; fail if there is none."
        )
    )
    var attach = false

    @OptionGroup var watching: WatchArguments
    @OptionGroup var delivery: DeliveryArguments

    func run() async throws {
        let console = Console()
        try await reportingErrors(on: console) {
            let settings = try await settings()
            if dryRun {
                try check(.count, settings)
                guard !once else { throw ValidationError("--once sends what is new; --dry-run sends nothing.") }
                guard !files.isEmpty else {
                    throw ValidationError("Specify a CSV file to count, or - for standard input.")
                }
                let log = ConnectorLog()
                log.setConsole { console.note($0) }
                let hooks = try hooks(settings, log, ownsTerminal: false)
                let report = try await DryRunText.run(
                    SourceNames.expand(files), settings, usesSandbox: sandbox, json: json, console: console)
                try await hooks.serving { hooks.notify(try report.json) }
                if !DryRunText.isAcceptable(report, settings) { throw ExitCode.failure }
                return
            }
            let obstacle = headless ? nil : TerminalCapability.obstacle()
            let showsScreen = !headless && obstacle == nil
            if let obstacle {
                // Somebody is there, and expects to be asked before anything is sent.
                guard !TerminalCapability.hasTerminal else { throw ValidationError(obstacle) }
                console.note("\(obstacle) Continuing without the screen.")
            }
            guard showsScreen || !files.isEmpty || settings.listen != nil || settings.watched != nil else {
                throw ValidationError(
                    "Specify a CSV file to deliver, - for standard input, or --listen or --watch to serve.")
            }
            guard showsScreen || files.isEmpty || watching.watch == nil else {
                throw ValidationError("--watch serves until it is stopped. Put the files into the folder instead.")
            }
            guard !showsScreen || files.count <= 1 else {
                throw ValidationError("The screen opens with one file. Add --headless to deliver several.")
            }
            guard !once || (!showsScreen && !files.isEmpty) else {
                throw ValidationError("--once needs --headless and a FILE.")
            }
            guard !once || !files.contains("-") else {
                throw ValidationError("--once can't be used with standard input. Specify a file.")
            }
            try check(showsScreen ? .screen : files.isEmpty ? .service : .files, settings)
            let sources = showsScreen ? files : try SourceNames.expand(files)
            let log = ConnectorLog()
            if !showsScreen { log.setConsole { console.note($0) } }
            let hooks = try hooks(settings, log, ownsTerminal: showsScreen)
            var rest = RemainingWork(count: sources.count)
            var opened: Connector?
            var turn = DirectoryTurn()
            while opened == nil {
                guard
                    let left = try await actThroughAnother(
                        settings, sources, rest, showsScreen: showsScreen, console: console)
                else { return }
                rest = left
                // Before there is a client, which has to be shut down again.
                if showsScreen || sources.isEmpty { try settings.watched?.check() }
                opened = try await turn.open {
                    try await Connector(
                        settings, log: log, useSandbox: sandbox,
                        giveUpAfter: showsScreen || sources.isEmpty ? nil : settings.giveUpAfter,
                        isService: showsScreen ? settings.watched != nil : sources.isEmpty,
                        requiresAPI: !showsScreen)
                }
            }
            guard let connector = opened else { return }
            let live = LiveSettings(settings, file: delivery.state.configurationFile) { profile in
                try await self.settings(profile: profile)
            }
            let listener = try settings.listen.map { try connector.listener(at: $0, defaults: live) }
            let folder =
                showsScreen || sources.isEmpty
                ? settings.watched.map { watch($0, connector, live, hooks, console, showsScreen: showsScreen) } : nil
            var lifetime = Lifetime(connector: connector, listener: listener, folder: folder)
            if showsScreen {
                (lifetime.hooks, lifetime.live, lifetime.hasTerminal) = (hooks, live, true)
                try await InteractiveSession(
                    lifetime: lifetime, file: sources.first, theme: try chosenTheme(),
                    profiles: sandbox ? nil : ProfileSwitch(connector, live, fixedBy: delivery.addressOption)
                ).run()
            } else if !sources.isEmpty {
                // What a command was begun with holds to its end, unless it serves.
                if listener != nil { lifetime.live = live }
                lifetime.deliversAccepted = true
                let run = HeadlessRun(
                    lifetime: lifetime, console: console, report: json ? .json : .text, hooks: hooks, once: once)
                try await run.deliverAndReport(sources, rest) { Self.request($0, settings) }
            } else {
                (lifetime.hooks, lifetime.live) = (hooks, live)
                (lifetime.notifier, lifetime.drain) = (ServiceNotifier(), settings.listener.drain)
                try await ListenService(lifetime: lifetime, console: console).serve()
            }
        }
    }

    /// Shows or delivers by means of the process that is using the state directory.
    /// - Returns: what is left to be done here; `nil` when that is nothing.
    private func actThroughAnother(
        _ settings: Settings, _ sources: [String], _ rest: RemainingWork, showsScreen: Bool, console: Console
    ) async throws -> RemainingWork? {
        let hasService = listen != nil || watching.watch != nil || sandbox
        guard !attach || (showsScreen && !hasService) else {
            throw ValidationError(
                "--attach opens the screen of a running process: leave out --headless, --sandbox, "
                    + "--listen, and --watch.")
        }
        let directory = StateDirectory(path: settings.stateDirectory)
        guard !hasService, let client = ControlClient(directory) else {
            guard !attach else {
                throw DeliveryError(
                    .notFound, "No process is using \(directory.path). Start one, or specify its --state-dir.")
            }
            return rest
        }
        try delivery.refuseServiceOptions()
        if showsScreen {
            try await AttachedSession(
                client: client, settings: settings, file: sources.first, theme: try chosenTheme()
            ).run()
            return nil
        }
        guard !once else {
            throw DeliveryError(
                .locked,
                "--once can't be used while another process uses this state directory. Stop it, or leave out --once."
            )
        }
        let following = RemoteRun(
            client: client, console: console, report: json ? .json : .text, settings: settings)
        return try await following.deliverAndReport(rest, sources: sources) { place, service in
            try await service.start(Self.request(sources[place], settings))
        }
    }

    private func settings() async throws -> Settings { try await settings(profile: delivery.profile) }

    private func settings(profile: String?) async throws -> Settings {
        var delivery = delivery
        delivery.profile = profile
        return try await delivery.settings(adding: moreOptions)
    }

    private var moreOptions: [SettingName: String] {
        var more = listenerOptions.options
        more[.listen] = listen
        more.merge(watching.options) { $1 }
        return more
    }

    private func check(_ work: OptionUse.Work, _ settings: Settings) throws {
        try OptionUse(work: work, usesSandbox: sandbox, listens: settings.listen != nil)
            .check(delivery.options.merging(moreOptions) { $1 }.keys)
        if sandbox, work == .count { throw ValidationError("--sandbox has no effect with --dry-run: nothing is sent.") }
        if json, work == .screen { throw ValidationError("--json has no effect on the screen. Add --headless.") }
        if json, work == .service, settings.watched == nil {
            throw ValidationError("--json has no effect on a listener alone: nothing is printed when a run ends.")
        }
        if theme != nil, headless || work == .count {
            throw ValidationError("--theme has no effect without the screen.")
        }
    }

    private func chosenTheme() throws -> ThemeName? {
        guard let theme else { return nil }
        guard let name = ThemeName(rawValue: theme.lowercased()) else {
            throw ValidationError("--theme: “\(theme)” is not auto, dark, light, or mono.")
        }
        return name
    }

    private func hooks(_ settings: Settings, _ log: ConnectorLog, ownsTerminal: Bool) throws -> HookRunner {
        try settings.hooks.hooks(
            ownsTerminal: ownsTerminal, logger: log.logger("hooks", level: settings.logLevel))
    }

    private func watch(
        _ folder: FolderSettings, _ connector: Connector, _ live: LiveSettings, _ hooks: HookRunner,
        _ console: Console, showsScreen: Bool
    ) -> FolderWatch {
        let logger = connector.log.logger("watch", level: connector.settings.logLevel)
        return connector.folderWatch(folder, defaults: live) { [json] ending, place in
            if ending.run == nil, ending.verdict == .failed {
                // It never became a run, whose end is told of anyway.
                hooks.notify(ending.summary)
                logger.error("drop folder: \(ending.words)\(Self.moved(to: place))")
            }
            guard !showsScreen else { return }
            if json {
                try? Console.result(ending.summary)
            } else {
                try? Console.result("\(ending.words)\(Self.moved(to: place))")
            }
        }
    }

    private static func moved(to place: String?) -> String { place.map { "; moved to \($0)" } ?? "" }

    private static func request(_ file: String, _ settings: Settings) -> RunRequest {
        RunRequest(source: .file(path: file), options: settings.reading)
    }
}

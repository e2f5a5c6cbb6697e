import CustomerRecords
import DeliveryModel
import Foundation
import TerminalKit

/// Everything the screen shows.
struct Model: Sendable {
    var size = Size(width: 80, height: 24)
    var now: Date
    var time: LocalTime
    var setup: Setup
    var preferences: Preferences
    var screen = Screen.send
    /// The engine as it is shown; older than `newest` while the screen is frozen.
    var engine = EngineSnapshot()
    var newest = EngineSnapshot()
    var isFrozen = false
    /// Whether cookies are shown whole.
    var isUnmasked = false
    var isMouseOn: Bool
    /// The project key with its address, where it was typed here or kept from an earlier start.
    var typedAPI: KeptAPI?
    /// What was chosen.
    var theme: ThemeName
    /// Whether the terminal has a light background.
    var isLight = false
    var send: SendModel
    var run = RunModel()
    var failures = FailuresModel()
    var history = HistoryModel()
    var listener = ListenerModel()
    var log = LogModel()
    var nodes = NodesModel()
    var faults = SimulatedFaults()
    /// The last one has the keys.
    var overlays: [Overlay] = []
    var toasts: [Toast] = []
    /// When the failures were last asked for because something had changed.
    var lastRefresh = Date.distantPast
    /// Whether the failures changed after that.
    var isStale = false
    var hasOfferedResume = false
    /// How many failed records of a run others have delivered.
    var recoveries: [RunID: Recovery] = [:]
    /// How many logins were tested.
    var loginTests = 0
    /// How many times it was asked what an erasure would do.
    var erasures = 0
    /// The entry that the cursor goes to when the folder has been read.
    var wantedName: String?
    /// Screens to go back to.
    var trail: [Screen] = []

    init(setup: Setup, preferences: Preferences, send: SendModel, now: Date, zone: TimeZone) {
        self.setup = setup
        self.preferences = preferences
        self.send = send
        self.now = now
        time = LocalTime(zone: zone)
        isMouseOn = preferences.mouse ?? true
        theme = preferences.theme ?? .auto
        typedAPI = preferences.api
        self.send.browser.setRecents(preferences.recentFiles, page: 10)
    }

    /// What is shown for it.
    var shownTheme: ThemeName { theme == .auto ? (isLight ? .light : .dark) : theme }

    var activeRuns: [RunSnapshot] { newest.runs.filter { $0.state.isActive } }

    /// The run on the Run screen.
    var shownRun: RunSnapshot? {
        if let selected = run.selected {
            if let live = engine.run(selected) { return withRecovered(live) }
            if let opened = run.opened, opened.id == selected { return RunSnapshot(opened) }
        }
        return (engine.runs.last { $0.state.isActive } ?? engine.runs.last).map(withRecovered)
    }

    /// What other runs have delivered of it since, which the engine does not tell of a run that has ended.
    func withRecovered(_ run: RunSnapshot) -> RunSnapshot {
        guard let recovery = recoveries[run.id], !run.state.isActive else { return run }
        var run = run
        run.summary.recovered = max(run.summary.recovered, recovery.recovered)
        run.summary.undelivered = min(run.summary.counts.failed, recovery.undelivered)
        run.summary.dismissed = recovery.dismissed
        return run
    }

    /// Runs of the list beside the shown one.
    var listedRuns: [RunSnapshot] {
        var runs = engine.runs.reversed().map(withRecovered)
        if let opened = run.opened, run.selected == opened.id, engine.run(opened.id) == nil {
            runs.insert(RunSnapshot(opened), at: 0)
        }
        return runs
    }

    /// Whether events, latencies and graphs of a run are known: they are kept while its process lives.
    func isRecorded(_ run: RunSnapshot) -> Bool { engine.run(run.id) != nil }

    /// The profile that is used now, whoever chose it.
    var profile: Profile? {
        newest.profile.map { name in setup.profiles.first { $0.name == name } ?? Profile(name: name) }
    }

    var isAPIMissing: Bool {
        !setup.hasSandbox && (newest.apiHost == nil || (setup.needsKey && newest.apiHost != nil))
    }
}

extension RunSnapshot {
    /// A run of the past as the Run screen shows it.
    init(_ summary: RunSummary) {
        let counts = summary.counts
        self.init(
            summary: summary, position: summary.state == .done ? 1 : 0, total: summary.state == .done ? 1 : nil,
            estimatedRecords: counts.read, isFullyRead: true,
            rate: summary.seconds > 0 ? Double(counts.sent) / summary.seconds : 0)
    }
}

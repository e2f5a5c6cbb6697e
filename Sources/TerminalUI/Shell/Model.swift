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
    /// The project key, where it was typed here or kept from an earlier start.
    var typedKey: String?
    var theme: ThemeName
    var send: SendModel
    var run = RunModel()
    var failures = FailuresModel()
    var history = HistoryModel()
    var listener = ListenerModel()
    var log = LogModel()
    var faults = SimulatedFaults()
    /// The last one has the keys.
    var overlays: [Overlay] = []
    var toasts: [Toast] = []
    /// When the failures were last asked for because something had changed.
    var lastRefresh = Date.distantPast
    /// Whether the failures changed after that.
    var isStale = false
    var hasOfferedResume = false
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
        theme = preferences.theme ?? .dark
        typedKey = preferences.api?.key
        self.send.browser.setRecents(preferences.recentFiles, page: 10)
    }

    var activeRuns: [RunSnapshot] { newest.runs.filter { $0.state.isActive } }

    /// The run on the Run screen.
    var shownRun: RunSnapshot? {
        if let selected = run.selected {
            if let live = engine.run(selected) { return live }
            if let opened = run.opened, opened.id == selected { return RunSnapshot(opened) }
        }
        return engine.runs.last { $0.state.isActive } ?? engine.runs.last
    }

    /// Runs of the list beside the shown one.
    var listedRuns: [RunSnapshot] {
        var runs = Array(engine.runs.reversed())
        if let opened = run.opened, run.selected == opened.id, engine.run(opened.id) == nil {
            runs.insert(RunSnapshot(opened), at: 0)
        }
        return runs
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

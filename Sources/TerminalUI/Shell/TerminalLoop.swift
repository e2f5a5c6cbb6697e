import CNcurses
import DeliveryModel
import Foundation
import TerminalKit

/// The thread of the screen: waits for the terminal and the mailbox, updates the model, paints what changed.
final class TerminalLoop {
    /// Data is painted at most so often; keys immediately.
    private static let frame = Duration.milliseconds(100)

    private var model: Model
    private let services: TerminalUIServices
    private let mailbox: Mailbox
    private let effects: AsyncStream<Effect>.Continuation
    private let environment = ProcessInfo.processInfo.environment
    private var driver: NcursesDriver?
    private let folder = DirectoryWatch()
    private var window: WindowStatus?
    private var shown: Canvas?
    private var exit: ExitReason?
    private var mustPaintNow = true
    private var mustPaint = true
    private var lastPaint = ContinuousClock.now - .seconds(1)
    private var emptyReads = 0
    /// The next change as it was first known.
    private var promised: Date?

    init(
        model: Model, services: TerminalUIServices, mailbox: Mailbox, effects: AsyncStream<Effect>.Continuation
    ) {
        self.model = model
        self.services = services
        self.mailbox = mailbox
        self.effects = effects
    }

    func run() throws -> ExitReason {
        cn_session_guard_thread()
        guard cn_session_begin(mailbox.writeEnd, services.errorFile) else {
            throw DeliveryError(.configuration, "The terminal can't be set up. Use --headless.")
        }
        defer { cn_session_end() }
        let isUTF8 = TerminalCapability.showsUnicode(environment: environment)
        let ignoresColor = !(environment["NO_COLOR"] ?? "").isEmpty
        let entry = TerminalCapability.directColorEntry(environment: environment)
        let made = ignoresColor ? nil : TerminalCapability.madeDirectColor(environment: environment)
        guard let driver = NcursesDriver(terminal: entry, entry: made, isUTF8: isUTF8, ignoresColor: ignoresColor)
        else {
            throw DeliveryError(.configuration, "The terminal can't show the screen. Use --headless.")
        }
        self.driver = driver
        defer { driver.close() }
        driver.use(model.shownTheme)
        driver.askBackground()
        model.size = driver.size
        let file = services.options.file.map { model.expand($0.hasPrefix("/") ? $0 : currentPath($0)) }
        perform(model.begin(file: file))
        while exit == nil {
            paintIfDue()
            wait()
            readSignals()
            for event in mailbox.take() { handle(event, isUrgent: Self.answersKey(event)) }
            if let change = nextChange, change <= Date() {
                promised = nil
                handle(.tick, isUrgent: false)
            }
        }
        return exit ?? .terminalLost
    }

    /// When the screen changes by itself. What other events bring in the meantime puts it off no further.
    private var nextChange: Date? {
        promised = model.nextChange.map { change in min(change, promised ?? change) }
        return promised
    }

    private func currentPath(_ name: String) -> String { FileManager.default.currentDirectoryPath + "/" + name }

    /// What the operator waits for is painted without waiting for the next frame.
    private static func answersKey(_ event: Event) -> Bool {
        switch event {
        case .engine, .listener, .dropFolder, .nodes, .log, .dryRun, .mappingCounted, .requests, .failuresWaiting: false
        case .key, .paste, .click, .scroll, .resize, .tick, .resumed, .interrupt, .background, .faults, .directory,
            .folderChanged, .looked, .sourceChanged, .opened, .completions, .preview, .unmapped, .newCounted,
            .sentFound, .columns, .titles, .encodingSampled, .started, .failures, .facets, .retryCounted,
            .failureRange, .retried, .resent, .exported, .fixPreviewed, .fixApplied, .dismissed, .undismissed, .erased,
            .audit, .reported, .exportExists, .history, .summary, .graph, .apiSet, .profileUsed, .login, .done,
            .listenerSwitched, .notStopped:
            true
        }
    }

    private func handle(_ event: Event, isUrgent: Bool) {
        model.now = Date()
        let theme = model.shownTheme
        perform(update(&model, event))
        if model.shownTheme != theme { driver?.use(model.shownTheme) }
        mustPaint = true
        if isUrgent { mustPaintNow = true }
    }

    private func paintIfDue() {
        guard mustPaint, mustPaintNow || ContinuousClock.now - lastPaint >= Self.frame else { return }
        mustPaint = false
        mustPaintNow = false
        let canvas = view(model)
        driver?.paint(canvas)
        tellWindow()
        shown = canvas
        lastPaint = .now
    }

    private func tellWindow() {
        let status = WindowStatus(model)
        guard status != window else { return }
        if status.title != window?.title { driver?.setTitle(status.title) }
        if status.progress != window?.progress || status.isHeld != window?.isHeld,
            status.progress != nil || window != nil
        {
            driver?.setProgress(status.progress.map { Double($0) / 100 }, isWrong: status.isHeld)
        }
        window = status
    }

    /// Sleeps until something is to be done; for good, when nothing changes by itself.
    private func wait() {
        var timeout: Int32 = -1
        if let change = nextChange {
            timeout = Int32(min(60_000, max(0, change.timeIntervalSinceNow * 1000 + 1)))
        }
        if mustPaint {
            let rest = Self.frame - (ContinuousClock.now - lastPaint)
            let milliseconds = Int32(max(0, rest / .milliseconds(1)).rounded(.up))
            timeout = timeout < 0 ? milliseconds : min(timeout, milliseconds)
        }
        var files = [
            pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0),
            pollfd(fd: mailbox.readEnd, events: Int16(POLLIN), revents: 0),
            pollfd(fd: folder.descriptor, events: Int16(POLLIN), revents: 0),
        ]
        let count = poll(&files, 3, timeout)
        guard count > 0 else { return }
        if Int32(files[2].revents) & Int32(POLLIN) != 0, folder.drain() { handle(.folderChanged, isUrgent: false) }
        let state = Int32(files[0].revents)
        if state & Int32(POLLIN) != 0 { readTerminal() }
        if state & Int32(POLLHUP | POLLERR | POLLNVAL) != 0, exit == nil { exit = .terminalLost }
    }

    private func readTerminal() {
        guard let inputs = driver?.read() else {
            // A terminal at its end is always ready to be read, and gives nothing.
            emptyReads += 1
            if emptyReads > 3, isAtEnd() { exit = .terminalLost }
            return
        }
        emptyReads = 0
        for input in inputs {
            switch input {
            case .key(let key): handle(.key(key), isUrgent: true)
            case .paste(let text): handle(.paste(text), isUrgent: true)
            case .press(let point):
                if let target = shown?.target(at: point) { handle(.click(target), isUrgent: true) }
            case .background(let isLight): handle(.background(isLight: isLight), isUrgent: true)
            case .wheel(let point, let rows): handle(.scroll(shown?.target(at: point), rows), isUrgent: true)
            }
            guard exit == nil else { return }
        }
    }

    private func isAtEnd() -> Bool {
        var waiting: Int32 = 0
        return ioctl(STDIN_FILENO, UInt(FIONREAD), &waiting) != 0 || waiting == 0
    }

    private func readSignals() {
        for signal in mailbox.drainPipe() {
            switch signal {
            case SIGWINCH: if let driver { handle(.resize(driver.size), isUrgent: true) }
            case SIGINT: handle(.interrupt, isUrgent: true)
            case SIGTSTP: perform([.suspend])
            case SIGCONT:
                driver?.resume()
                if let driver { handle(.resize(driver.size), isUrgent: true) }
                handle(.resumed, isUrgent: true)
            default: exit = .signal(signal)
            }
        }
    }

    private func perform(_ wanted: [Effect]) {
        for effect in wanted {
            if case .terminal(let effect) = effect { perform(effect) } else { effects.yield(effect) }
        }
    }

    private func perform(_ effect: TerminalEffect) {
        switch effect {
        case .copy(let text): driver?.copy(text)
        case .repaint:
            driver?.forget()
            mustPaint = true
            mustPaintNow = true
        case .suspend: driver?.suspend()
        case .setMouse(let on): driver?.setMouse(on)
        case .watch(let path): if let bytes = try? PathBytes.resolve(path) { folder.watch(bytes) }
        case .notify(let text): driver?.notify("data-connector", text)
        case .exit(let mode): exit = .quit(mode)
        }
    }
}

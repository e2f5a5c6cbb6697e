/// Everything the operator can do with a key, a button or the palette.
enum Action: String, CaseIterable, Hashable, Sendable {
    // Places
    case goSend, goRun, goFailures, goHistory, goListener, goLog, goNodes, nextScreen, previousScreen
    // Movement
    case up, down, left, right, pageUp, pageDown, top, bottom
    case open, back
    // Lists
    case filter, findNext, findPrevious
    // Send
    case start, dryRun, ages, sendWindow, dailyLimit, onlyNew, columns, encoding, names, home, parent, hidden, typePath
    // Run
    case pause, stop, fewerRequests, moreRequests, lowerRate, higherRate, openFailures, requests, inspect, retryNow
    // Failures
    case mark, range, markAll, unmarkAll, retry, retryAll, edit, fix, export, copy, detail, facets, dismiss, undo
    case erase
    case sortPrevious, sortNext, invert, scope
    // History
    case resume, report, passWindow, audit
    // Listener
    case toggleListener
    // Log
    case level, follow
    // Everywhere
    case help, palette, settings, profiles, sandbox, theme, unmask, freeze, mouse, redraw, suspend, quit

    /// Whether it is about the row under the cursor, which has to be seen before.
    var isAboutRow: Bool {
        [.mark, .range, .retry, .edit, .copy, .detail, .dismiss, .inspect, .open, .resume, .report, .openFailures]
            .contains(self)
    }

    /// Whether its key is the same on all screens, although some have nowhere to go with it.
    var isMovement: Bool {
        [.up, .down, .left, .right, .pageUp, .pageDown, .top, .bottom, .open, .back].contains(self)
    }
}

extension Model {
    /// What a screen does with an action that it doesn't know. Only movement may come to nothing: for anything else, the
    /// table of bindings promises what the screen doesn't do.
    func ignore(_ action: Action) { assert(action.isMovement, "\(action) does nothing on \(screen.title)") }
}

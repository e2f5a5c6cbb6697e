import TerminalKit

extension Bindings {
    static let places: [Binding] = [
        Binding(
            action: .goSend, keys: [.character("1")], label: "Send", help: "Pick a file and send it",
            keywords: "files upload browse open"),
        Binding(
            action: .goRun, keys: [.character("2")], label: "Run", help: "Watch the runs",
            keywords: "progress watch status dashboard"),
        Binding(
            action: .goFailures, keys: [.character("3")], label: "Failures", help: "Records that weren't delivered",
            keywords: "errors rejected undelivered dead letter"),
        Binding(
            action: .goHistory, keys: [.character("4")], label: "History", help: "All runs",
            keywords: "past previous earlier runs jobs"),
        Binding(
            action: .goListener, keys: [.character("5")], label: "Listener", help: "What arrives over HTTP",
            keywords: "http server submissions"),
        Binding(
            action: .goLog, keys: [.character("6")], label: "Log", help: "Log messages",
            keywords: "messages debug output"),
        Binding(
            action: .goNodes, keys: [.character("7")], label: "Nodes", help: "The nodes that share the journal",
            keywords: "cluster machines shared lease takeover"),
        Binding(action: .nextScreen, keys: [.tab], label: "Next screen", help: "Next screen"),
        Binding(action: .previousScreen, keys: [.backTab], label: "Previous screen", help: "Previous screen"),
    ]

    static let movement: [Binding] = [
        Binding(action: .up, keys: [.up, .character("k")], label: "Up", help: "One row up"),
        Binding(action: .down, keys: [.down, .character("j")], label: "Down", help: "One row down"),
        Binding(
            action: .left, keys: [.left, .character("h")], label: "Left", help: "Left; on Send, the parent folder"
        ),
        Binding(
            action: .right, keys: [.right, .character("l")], label: "Right",
            help: "Right; on Send, open the folder"),
        Binding(action: .pageUp, keys: [.pageUp, .control("b")], label: "Page up", help: "One page up"),
        Binding(action: .pageDown, keys: [.pageDown, .control("f")], label: "Page down", help: "One page down"),
        Binding(action: .top, keys: [.character("g"), .home], label: "Top", help: "The first row"),
        Binding(action: .bottom, keys: [.character("G"), .end], label: "Bottom", help: "The last row"),
        Binding(
            action: .open, keys: [.enter], screens: [.send], label: "Open",
            help: "Open the folder, or send the file (asks first)", footer: 0),
        Binding(
            action: .open, keys: [.enter], screens: [.history], label: "Open", help: "Show the run on the Run screen",
            footer: 0),
        Binding(
            action: .back, keys: [.escape], label: "Back", help: "Close, clear, or go back; never quits",
            footer: 80),
    ]

    static let send: [Binding] = [
        Binding(
            action: .start, keys: [.character("s")], screens: [.send], label: "Send file",
            help: "Send the selected file (asks first)", footer: 1, footerLabel: "Send",
            keywords: "send upload deliver run"),
        Binding(
            action: .dryRun, keys: [.character("d")], screens: [.send], label: "Dry run",
            help: "Validate the whole file again, or stop", footer: 2,
            keywords: "validate check count"),
        Binding(
            action: .ages, keys: [.character("a")], screens: [.send], label: "Ages",
            help: "Set the ages, requests in flight, and records per second", footer: 3,
            keywords: "age range minimum maximum pace limit"),
        Binding(
            action: .sendWindow, keys: [.character("W")], screens: [.send], label: "Send window",
            help: "Set the hours in which records are sent, such as mon-fri 08:00-20:00",
            keywords: "hours schedule time days quiet"),
        Binding(
            action: .dailyLimit, keys: [.character("L")], screens: [.send], label: "Daily limit",
            help: "Set the daily limit of records", keywords: "cap quota per day maximum"),
        Binding(
            action: .onlyNew, keys: [.character("O")], screens: [.send], label: "Only new",
            help: "Send only records that weren't delivered under a list yet",
            keywords: "changed delivered before list nightly incremental delta skip"),
        Binding(
            action: .filter, keys: [.character("/")], screens: [.send], label: "Filter",
            help: "Show only files whose names match", footer: 4,
            keywords: "search find"),
        Binding(
            action: .typePath, keys: [.character("o")], screens: [.send], label: "Path",
            help: "Type a path; Tab completes it", footer: 5,
            keywords: "go to folder directory open"),
        Binding(
            action: .columns, keys: [.character("m")], screens: [.send], label: "Columns",
            help: "Map the file's columns to name, age, cookie, and banner", footer: 6, keywords: "mapping map header"),
        Binding(
            action: .encoding, keys: [.character("E")], screens: [.send], label: "Encoding",
            help: "Choose the file's encoding", footer: 7,
            keywords: "charset utf latin windows umlauts"),
        Binding(
            action: .names, keys: [.character("F")], screens: [.send], label: "Names",
            help: "Choose which names are valid", footer: 8,
            keywords: "name format apostrophe hyphen letters common any"),
        Binding(
            action: .parent, keys: [.backspace, .character("-")], screens: [.send], label: "Parent folder",
            help: "Parent folder",
            keywords: "up directory"),
        Binding(
            action: .home, keys: [.character("~")], screens: [.send], label: "Home", help: "Home folder",
            keywords: "directory"),
        Binding(
            action: .hidden, keys: [.character(".")], screens: [.send], label: "Hidden files",
            help: "Show or hide hidden files",
            keywords: "dotfiles"),
    ]

    static let run: [Binding] = [
        Binding(
            action: .pause, keys: [.character("p")], screens: [.run], label: "Pause",
            help: "Pause or resume the run", footer: 0, keywords: "hold unpause continue"),
        Binding(
            action: .stop, keys: [.character("x")], screens: [.run], label: "Stop",
            help: "Stop the run; it can be resumed", footer: 1, keywords: "cancel abort halt kill"),
        Binding(
            action: .moreRequests, keys: [.character("+"), .character("=")], screens: [.run], label: "More requests",
            help: "Allow more requests in flight", footer: 2, footerLabel: "",
            keywords: "concurrency parallel faster"),
        Binding(
            action: .fewerRequests, keys: [.character("-")], screens: [.run], label: "Fewer requests",
            help: "Allow fewer requests in flight", footer: 3, footerLabel: "Requests",
            keywords: "concurrency parallel slower"),
        Binding(
            action: .higherRate, keys: [.character("]")], screens: [.run], label: "Higher rate",
            help: "Allow more records per second, up to no limit",
            keywords: "speed throughput faster unlimited"),
        Binding(
            action: .lowerRate, keys: [.character("[")], screens: [.run], label: "Lower rate",
            help: "Allow fewer records per second", keywords: "speed throughput limit slower throttle"),
        Binding(
            action: .resume, keys: [.character("c")], screens: [.run], label: "Resume",
            help: "Resume a stopped or interrupted run", footer: 5,
            keywords: "continue restart"),
        Binding(
            action: .retryNow, keys: [.character("r")], screens: [.run], label: "Retry now",
            help: "Check now whether the API is back", footer: 8,
            keywords: "again probe outage reconnect check wait"),
        Binding(
            action: .requests, keys: [.character("i")], screens: [.run], label: "In flight",
            help: "Switch between requests in flight and events", keywords: "lanes requests hang"),
        Binding(
            action: .inspect, keys: [.character("o")], screens: [.run, .failures], label: "Requests",
            help: "Inspect requests and responses; copy one as curl", footer: 6, footerLabel: "Inspect",
            keywords: "inspector request response body http curl"),
        Binding(
            action: .left, keys: [.left, .character("h")], screens: [.run], label: "Earlier",
            help: "Scroll the graphs toward the start of the run"),
        Binding(
            action: .right, keys: [.right, .character("l")], screens: [.run], label: "Later",
            help: "Scroll the graphs toward the end of the run"),
        Binding(
            action: .openFailures, keys: [.character("f"), .enter], screens: [.run], label: "Failures",
            help: "Show this run's failures", footer: 4,
            keywords: "errors rejected"),
    ]

    static let failures: [Binding] = [
        Binding(
            action: .mark, keys: [.character(" ")], screens: [.failures], label: "Mark",
            help: "Mark or unmark the record", footer: 0,
            keywords: "select"),
        Binding(
            action: .range, keys: [.character("v")], screens: [.failures], label: "Range",
            help: "Start a range; press again to mark everything in it",
            keywords: "select visual"),
        Binding(
            action: .markAll, keys: [.character("a")], screens: [.failures], label: "All",
            help: "Mark everything the filter shows",
            keywords: "select"),
        Binding(
            action: .unmarkAll, keys: [.character("A")], screens: [.failures], label: "Unmark all",
            help: "Clear all marks",
            keywords: "deselect clear none"),
        Binding(
            action: .retry, keys: [.character("r")], screens: [.failures], label: "Retry",
            help: "Retry the marked records (or this one)", footer: 1,
            keywords: "resend again"),
        Binding(
            action: .retryAll, keys: [.character("R")], screens: [.failures], label: "Retry all",
            help: "Retry every retryable record", footer: 8,
            keywords: "resend again everything"),
        Binding(
            action: .edit, keys: [.character("e")], screens: [.failures], label: "Edit",
            help: "Edit the record and resend it", footer: 2, keywords: "fix change correct"),
        Binding(
            action: .fix, keys: [.character("c")], screens: [.failures], label: "Bulk fix",
            help: "Change one field of the marked (or all shown) records and resend them", footer: 3,
            keywords: "change many trim replace set edit all"),
        Binding(
            action: .filter, keys: [.character("/")], screens: [.failures, .history], label: "Filter",
            help: "Show only rows that match", footer: 4,
            keywords: "search find"),
        Binding(
            action: .dismiss, keys: [.character("d")], screens: [.failures], label: "Dismiss",
            help: "Remove the marked records (or this one) from the list", footer: 7,
            keywords: "delete remove ignore clear"),
        Binding(
            action: .undo, keys: [.character("z")], screens: [.failures], label: "Undo",
            help: "Restore the records dismissed last", keywords: "restore undelete"),
        Binding(
            action: .erase, keys: [.character("D")], screens: [.failures], label: "Erase",
            help: "Erase this record's person from everything that is stored (asks first)", footer: 9,
            keywords: "gdpr privacy person forget delete cookie"),
        Binding(
            action: .facets, keys: [.character("f")], screens: [.failures], label: "Facets",
            help: "Filter by class, reason, status, or run", footer: 5,
            keywords: "group breakdown reasons"),
        Binding(
            action: .scope, keys: [.character("u")], screens: [.failures], label: "All runs",
            help: "Switch between all runs and one run",
            keywords: "run only"),
        Binding(
            action: .export, keys: [.character("w")], screens: [.failures], label: "Export",
            help: "Export what the filter shows as CSV", footer: 6, keywords: "save download file"),
        Binding(
            action: .copy, keys: [.character("y")], screens: [.failures], label: "Copy",
            help: "Copy the record to the clipboard",
            keywords: "clipboard yank"),
        Binding(
            action: .detail, keys: [.enter, .character("i")], screens: [.failures], label: "Detail",
            help: "Show or hide the record's details",
            keywords: "info"),
        Binding(
            action: .sortPrevious, keys: [.character("<")], screens: [.failures], label: "Sort left",
            help: "Sort by the previous column",
            keywords: "order column"),
        Binding(
            action: .sortNext, keys: [.character(">")], screens: [.failures], label: "Sort right",
            help: "Sort by the next column",
            keywords: "order column"),
        Binding(
            action: .invert, keys: [.character("I")], screens: [.failures], label: "Invert order",
            help: "Reverse the sort order",
            keywords: "reverse descending"),
    ]

    static let others: [Binding] = [
        Binding(
            action: .audit, keys: [.character("a")], screens: [.history], label: "Audit log",
            help: "List who did what and when", footer: 4, keywords: "who log operator changes"),
        Binding(
            action: .audit, keys: [.character("a")], screens: [.run], label: "Audit log",
            help: "Show who did what with this run, and when", footer: 7, keywords: "who log operator changes"),
        Binding(
            action: .passWindow, keys: [.character("W")], screens: [.run, .history], label: "Send now",
            help: "Send a waiting run even though the send window is closed (asks first)",
            keywords: "pass window override hours schedule"),
        Binding(
            action: .resume, keys: [.character("c")], screens: [.history], label: "Resume",
            help: "Resume a stopped or interrupted run", footer: 1,
            keywords: "continue restart"),
        Binding(
            action: .openFailures, keys: [.character("f")], screens: [.history], label: "Failures",
            help: "Show this run's failures", footer: 2,
            keywords: "errors rejected"),
        Binding(
            action: .report, keys: [.character("w")], screens: [.history], label: "Report",
            help: "Write a report of the run as Markdown", footer: 3, keywords: "markdown export save"),
        Binding(
            action: .open, keys: [.enter], screens: [.listener], label: "Open run",
            help: "Open the submission's run", footer: 1),
        Binding(
            action: .open, keys: [.enter], screens: [.nodes], label: "Runs",
            help: "Show the runs of the node", footer: 0, keywords: "history of node"),
        Binding(
            action: .toggleListener, keys: [.character("s")], screens: [.listener], label: "On/off",
            help: "Start or stop the HTTP listener", footer: 0,
            keywords: "start stop server enable disable"),
        Binding(
            action: .filter, keys: [.character("/")], screens: [.log], label: "Search",
            help: "Search the log", footer: 0,
            keywords: "search find"),
        Binding(
            action: .findNext, keys: [.character("n")], screens: [.log], label: "Next match",
            help: "Next matching line", footer: 1),
        Binding(
            action: .findPrevious, keys: [.character("N")], screens: [.log], label: "Previous match",
            help: "Previous matching line"),
        Binding(
            action: .level, keys: [.character("f")], screens: [.log], label: "Level",
            help: "Change the lowest level shown", footer: 2,
            keywords: "severity verbosity"),
        Binding(
            action: .follow, keys: [.character("t")], screens: [.log], label: "Follow",
            help: "Follow the newest line", footer: 3,
            keywords: "tail"),
        Binding(
            action: .findNext, keys: [.character("n")], screens: [.send, .failures, .history], label: "Next match",
            help: "Next matching row"),
        Binding(
            action: .findPrevious, keys: [.character("N")], screens: [.send, .failures, .history],
            label: "Previous match", help: "Previous matching row"),
    ]

    static let everywhere: [Binding] = [
        Binding(
            action: .settings, keys: [.character(","), .function(2)], label: "Settings",
            help: "API address and key, theme, mouse, notifications", footer: 88,
            keywords: "preferences options login url key"),
        Binding(
            action: .profiles, keys: [.character("P")], label: "Profile",
            help: "Switch to another profile of the configuration file", footer: 87,
            keywords: "account environment production staging switch api"),
        Binding(
            action: .sandbox, keys: [.character("b")], label: "Sandbox",
            help: "Inject faults into the simulated API", footer: 89,
            keywords: "simulate faults outage errors latency"),
        Binding(
            action: .palette, keys: [.character(":"), .control("p")], label: "Command",
            help: "Find any action by name", footer: 90),
        Binding(
            action: .help, keys: [.character("?"), .function(1)], label: "Help", help: "All keys", footer: 91,
            keywords: "keys shortcuts manual"),
        Binding(
            action: .quit, keys: [.character("q"), .control("c")], label: "Quit",
            help: "Quit; Ctrl-C twice stops now", footer: 92, keywords: "exit leave close"),
        Binding(
            action: .unmask, keys: [.character("X")], label: "Unmask",
            help: "Show cookies in full, or shorten them again",
            keywords: "reveal hide show mask"),
        Binding(
            action: .freeze, keys: [.character("Z")], label: "Freeze", help: "Freeze the screen; runs continue",
            keywords: "hold still"),
        Binding(
            action: .mouse, keys: [.character("M")], label: "Mouse", help: "Turn the mouse on or off",
            keywords: "select text"),
        Binding(
            action: .theme, keys: [.character("T")], label: "Theme", help: "Next theme: auto, dark, light, mono",
            keywords: "color dark light"),
        Binding(
            action: .redraw, keys: [.control("l")], label: "Redraw", help: "Redraw the screen",
            keywords: "refresh repaint"),
        Binding(
            action: .suspend, keys: [.control("z")], label: "Suspend", help: "Suspend to the shell; `fg` returns",
            keywords: "background shell"),
    ]
}

import TerminalKit

extension Bindings {
    static let places: [Binding] = [
        Binding(action: .goSend, keys: [.character("1")], label: "Send", help: "Pick a file and send it"),
        Binding(action: .goRun, keys: [.character("2")], label: "Run", help: "Watch the runs"),
        Binding(
            action: .goFailures, keys: [.character("3")], label: "Failures", help: "Records that were not delivered"),
        Binding(action: .goHistory, keys: [.character("4")], label: "History", help: "All runs"),
        Binding(action: .goListener, keys: [.character("5")], label: "Listener", help: "What arrives over HTTP"),
        Binding(action: .goLog, keys: [.character("6")], label: "Log", help: "The program's log"),
        Binding(action: .nextScreen, keys: [.tab], label: "Next screen", help: "The next screen"),
        Binding(action: .previousScreen, keys: [.backTab], label: "Previous screen", help: "The screen before"),
    ]

    static let movement: [Binding] = [
        Binding(action: .up, keys: [.up, .character("k")], label: "Up", help: "One row up"),
        Binding(action: .down, keys: [.down, .character("j")], label: "Down", help: "One row down"),
        Binding(
            action: .left, keys: [.left, .character("h")], label: "Left", help: "Left; in a folder, the one above"
        ),
        Binding(
            action: .right, keys: [.right, .character("l")], label: "Right",
            help: "Right; into the folder"),
        Binding(action: .pageUp, keys: [.pageUp, .control("b")], label: "Page up", help: "One page up"),
        Binding(action: .pageDown, keys: [.pageDown, .control("f")], label: "Page down", help: "One page down"),
        Binding(action: .top, keys: [.character("g"), .home], label: "Top", help: "The first row"),
        Binding(action: .bottom, keys: [.character("G"), .end], label: "Bottom", help: "The last row"),
        Binding(
            action: .open, keys: [.enter], screens: [.send], label: "Open",
            help: "Into the folder; send the file, after asking", footer: 0),
        Binding(
            action: .open, keys: [.enter], screens: [.history], label: "Open", help: "Show the run on the Run screen",
            footer: 0),
        Binding(action: .back, keys: [.escape], label: "Back", help: "Close, clear or go back; never quits"),
    ]

    static let send: [Binding] = [
        Binding(
            action: .start, keys: [.character("s")], screens: [.send], label: "Start",
            help: "Send the file under the cursor, after asking", footer: 1,
            keywords: "send upload deliver run"),
        Binding(
            action: .dryRun, keys: [.character("d")], screens: [.send], label: "Dry run",
            help: "Count the whole file again, or stop counting", footer: 2,
            keywords: "validate check count"),
        Binding(
            action: .ages, keys: [.character("a")], screens: [.send], label: "Ages",
            help: "Set ages, requests in flight, records a second", footer: 3),
        Binding(
            action: .filter, keys: [.character("/")], screens: [.send], label: "Filter",
            help: "Show only files whose names hold a text", footer: 4),
        Binding(
            action: .typePath, keys: [.character("o")], screens: [.send], label: "Path",
            help: "Type a path; Tab completes it", footer: 5),
        Binding(
            action: .columns, keys: [.character("m")], screens: [.send], label: "Columns",
            help: "Choose which column of the file is which", footer: 6, keywords: "mapping map header"),
        Binding(
            action: .encoding, keys: [.character("E")], screens: [.send], label: "Encoding",
            help: "Choose the encoding that the file is read in", footer: 7,
            keywords: "charset utf latin windows umlauts"),
        Binding(
            action: .parent, keys: [.backspace, .character("-")], screens: [.send], label: "Folder above",
            help: "The folder above"),
        Binding(action: .home, keys: [.character("~")], screens: [.send], label: "Home", help: "The home folder"),
        Binding(
            action: .hidden, keys: [.character(".")], screens: [.send], label: "Hidden files",
            help: "Show or hide names that begin with a dot"),
    ]

    static let run: [Binding] = [
        Binding(
            action: .pause, keys: [.character("p")], screens: [.run], label: "Pause",
            help: "Pause the run, or resume it", footer: 0, keywords: "hold unpause continue"),
        Binding(
            action: .stop, keys: [.character("x")], screens: [.run], label: "Stop",
            help: "End the run early; it can be resumed", footer: 1, keywords: "cancel abort halt kill"),
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
            help: "Allow more records a second, up to no limit",
            keywords: "speed throughput faster unlimited"),
        Binding(
            action: .lowerRate, keys: [.character("[")], screens: [.run], label: "Lower rate",
            help: "Allow fewer records a second", keywords: "speed throughput limit slower throttle"),
        Binding(
            action: .resume, keys: [.character("c")], screens: [.run], label: "Resume",
            help: "Resume a stopped or interrupted run", footer: 5),
        Binding(
            action: .requests, keys: [.character("i")], screens: [.run], label: "In flight",
            help: "Show the requests in flight, or the events", keywords: "lanes requests hang"),
        Binding(
            action: .inspect, keys: [.character("o")], screens: [.run, .failures], label: "Requests",
            help: "Show what was sent and what the API answered; copy it as curl", footer: 6,
            keywords: "inspector request response body http curl"),
        Binding(
            action: .openFailures, keys: [.character("f"), .enter], screens: [.run], label: "Failures",
            help: "The failures of this run", footer: 4),
    ]

    static let failures: [Binding] = [
        Binding(
            action: .mark, keys: [.character(" ")], screens: [.failures], label: "Mark",
            help: "Mark the record, or unmark it", footer: 0),
        Binding(
            action: .range, keys: [.character("v")], screens: [.failures], label: "Range",
            help: "Begin a range; again marks all between"),
        Binding(
            action: .markAll, keys: [.character("a")], screens: [.failures], label: "All",
            help: "Mark everything that the filter shows"),
        Binding(
            action: .unmarkAll, keys: [.character("A")], screens: [.failures], label: "Unmark all",
            help: "Take all marks away"),
        Binding(
            action: .retry, keys: [.character("r")], screens: [.failures], label: "Retry",
            help: "Send the marked records (or this one) again", footer: 1),
        Binding(
            action: .retryAll, keys: [.character("R")], screens: [.failures], label: "Retry all",
            help: "Send every retryable record again", footer: 8),
        Binding(
            action: .edit, keys: [.character("e")], screens: [.failures], label: "Edit",
            help: "Edit the record and resend it", footer: 2, keywords: "fix change correct"),
        Binding(
            action: .fix, keys: [.character("c")], screens: [.failures], label: "Bulk fix",
            help: "Change one field of the marked (or all shown) records and resend them", footer: 3,
            keywords: "change many trim replace set edit all"),
        Binding(
            action: .filter, keys: [.character("/")], screens: [.failures, .history], label: "Filter",
            help: "Show only rows that hold a text", footer: 4),
        Binding(
            action: .dismiss, keys: [.character("d")], screens: [.failures], label: "Dismiss",
            help: "Take the marked records (or this one) off the list", footer: 7,
            keywords: "delete remove ignore clear"),
        Binding(
            action: .undo, keys: [.character("z")], screens: [.failures], label: "Undo",
            help: "Bring the dismissed records back", keywords: "restore undelete"),
        Binding(
            action: .facets, keys: [.character("f")], screens: [.failures], label: "Facets",
            help: "Filter by class, reason, status or run", footer: 5),
        Binding(
            action: .scope, keys: [.character("u")], screens: [.failures], label: "All runs",
            help: "Show all runs' failures, or one run's"),
        Binding(
            action: .export, keys: [.character("w")], screens: [.failures], label: "Export",
            help: "Write what the filter shows as CSV", footer: 6, keywords: "save download file"),
        Binding(
            action: .copy, keys: [.character("y")], screens: [.failures], label: "Copy",
            help: "Copy the record to the terminal's clipboard"),
        Binding(
            action: .detail, keys: [.enter, .character("i")], screens: [.failures], label: "Detail",
            help: "Show or hide everything about the record"),
        Binding(
            action: .sortPrevious, keys: [.character("<")], screens: [.failures], label: "Sort left",
            help: "Sort by the column before"),
        Binding(
            action: .sortNext, keys: [.character(">")], screens: [.failures], label: "Sort right",
            help: "Sort by the next column"),
        Binding(
            action: .invert, keys: [.character("I")], screens: [.failures], label: "Invert order",
            help: "Reverse the order"),
    ]

    static let others: [Binding] = [
        Binding(
            action: .resume, keys: [.character("c")], screens: [.history], label: "Resume",
            help: "Resume a stopped or interrupted run", footer: 1),
        Binding(
            action: .openFailures, keys: [.character("f")], screens: [.history], label: "Failures",
            help: "The failures of this run", footer: 2),
        Binding(
            action: .report, keys: [.character("w")], screens: [.history], label: "Report",
            help: "Write a report of the run as Markdown", footer: 3, keywords: "markdown export save"),
        Binding(
            action: .open, keys: [.enter], screens: [.listener], label: "Open run",
            help: "Show the run of the submission", footer: 1),
        Binding(
            action: .toggleListener, keys: [.character("s")], screens: [.listener], label: "On/off",
            help: "Start or stop taking submissions over HTTP", footer: 0),
        Binding(
            action: .filter, keys: [.character("/")], screens: [.log], label: "Search",
            help: "Find a text in the log", footer: 0),
        Binding(
            action: .findNext, keys: [.character("n")], screens: [.log], label: "Next match",
            help: "The next line that holds the text", footer: 1),
        Binding(
            action: .findPrevious, keys: [.character("N")], screens: [.log], label: "Previous match",
            help: "The line before that holds the text"),
        Binding(
            action: .level, keys: [.character("f")], screens: [.log], label: "Level",
            help: "Show lines of this level and above", footer: 2),
        Binding(
            action: .follow, keys: [.character("t")], screens: [.log], label: "Follow",
            help: "Keep the newest line in sight", footer: 3),
        Binding(
            action: .findNext, keys: [.character("n")], screens: [.send, .failures, .history], label: "Next match",
            help: "The next row that the filter shows"),
        Binding(
            action: .findPrevious, keys: [.character("N")], screens: [.send, .failures, .history],
            label: "Previous match", help: "The row before that the filter shows"),
    ]

    static let everywhere: [Binding] = [
        Binding(
            action: .settings, keys: [.character(","), .function(2)], label: "Settings",
            help: "API address and key, theme, mouse", footer: 88, keywords: "preferences options login url key"),
        Binding(
            action: .sandbox, keys: [.character("b")], label: "Sandbox",
            help: "Set the simulated API's faults", footer: 89),
        Binding(
            action: .palette, keys: [.character(":"), .control("p")], label: "Command",
            help: "Find any action by its name", footer: 90),
        Binding(
            action: .help, keys: [.character("?"), .function(1)], label: "Help", help: "All keys", footer: 91),
        Binding(
            action: .quit, keys: [.character("q"), .control("c")], label: "Quit",
            help: "Quit; Ctrl-C twice stops now", footer: 92, keywords: "exit leave close"),
        Binding(
            action: .unmask, keys: [.character("X")], label: "Unmask", help: "Show cookies whole, or shortened again",
            keywords: "reveal hide show mask"),
        Binding(
            action: .freeze, keys: [.character("Z")], label: "Freeze", help: "Freeze what is shown; the runs continue"),
        Binding(action: .mouse, keys: [.character("M")], label: "Mouse", help: "Mouse on or off"),
        Binding(
            action: .theme, keys: [.character("T")], label: "Theme", help: "The next theme: auto, dark, light, mono",
            keywords: "color dark light"),
        Binding(action: .redraw, keys: [.control("l")], label: "Redraw", help: "Redraw the screen"),
        Binding(action: .suspend, keys: [.control("z")], label: "Suspend", help: "Back to the shell; `fg` returns"),
    ]
}

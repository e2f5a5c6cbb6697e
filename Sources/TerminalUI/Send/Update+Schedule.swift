import DeliveryModel
import Foundation
import TerminalKit

/// The send window and the daily limit: the engine has one of each, for all runs.
extension Model {
    /// Has the engine take what was typed; asks first when runs are open that it changes something for.
    mutating func applySchedule() -> [Effect] {
        guard let schedule = send.schedule, schedule != newest.schedule else { return [] }
        guard activeRuns.isEmpty else {
            ask(.schedule(schedule))
            return []
        }
        return [.setSchedule(schedule)]
    }

    /// The fields show what holds.
    mutating func showSchedule() {
        send.fields[.window] = TextField(newest.schedule.window ?? "")
        send.fields[.dailyLimit] = TextField(newest.schedule.dailyLimit.map(String.init) ?? "")
    }

    func scheduleQuestion(_ schedule: SendSchedule) -> Question {
        let old = newest.schedule
        var lines: [Line] = []
        if schedule.window != old.window {
            lines.append(change("Send window", from: old.window ?? "always", to: schedule.window ?? "always"))
        }
        if schedule.dailyLimit != old.dailyLimit {
            lines.append(change("Daily limit", from: Self.words(old.dailyLimit), to: Self.words(schedule.dailyLimit)))
        }
        let open = activeRuns
        switch open.count {
        case 0: lines.append(Line("No run is open anymore.", .dim))
        case 1: lines.append(Line("Run \(open[0].id) is open: this applies to it, too.", .warning, .bold))
        default:
            lines.append(
                Line("\(NumberText.count(open.count)) runs are open: this applies to them, too.", .warning, .bold))
        }
        if !open.isEmpty, let opens = Self.opens(schedule, at: now) {
            lines.append(
                Line(open.count == 1 ? "It will wait until \(opens)." : "They will wait until \(opens).", .warning))
            lines.append(Line("Requests in flight will finish.", .dim))
        }
        if setup.hasNodes {
            lines.append(Line("This applies to all nodes.", .dim))
        } else {
            let options = [
                schedule.window != old.window ? "--window" : nil,
                schedule.dailyLimit != old.dailyLimit ? "--daily-limit" : nil,
            ].compactMap { $0 }
            lines.append(Line("Until restart; use \(options.joined(separator: " and ")) to keep it.", .dim))
        }
        lines.append(Self.auditNote)
        return Question(
            title: "Change when records are sent?", lines: lines,
            choices: [
                Question.Choice(key: .character("y"), label: "Change", command: .setSchedule(schedule)),
                Question.Choice(key: .escape, label: "Cancel", command: .keepSchedule),
            ])
    }

    private func change(_ what: String, from old: String, to new: String) -> Line {
        // The new value is what one agrees to: the old one gives way.
        let room = min(size.width, 100) - 12 - SafeText.width(what) - 5
        let hasOld = SafeText.width(old) + SafeText.width(new) <= room
        return [
            Line("\(what)  ", .dim), Line(hasOld ? old : "", .dim), Line(hasOld ? " → " : "→ ", .dim),
            Line(TextFit.end(new, max(12, room)), .bright, .bold),
        ]
    }

    private static func words(_ limit: Int?) -> String { limit.map(NumberText.records) ?? "none" }

    /// When the window opens, in words of its zone, while it is closed.
    static func opens(_ schedule: SendSchedule, at date: Date) -> String? {
        guard let window = schedule.window.flatMap({ SendWindow(argument: $0) }), !window.isOpen(at: date) else {
            return nil
        }
        return window.words(for: window.opens(from: date), at: date)
    }

    /// What a start says of hours and limit.
    func scheduleWarnings() -> [Line] {
        guard let schedule = send.schedule else { return [] }
        var lines: [Line] = []
        if schedule != newest.schedule, !activeRuns.isEmpty {
            let runs = activeRuns.count == 1 ? "the open run" : "\(NumberText.count(activeRuns.count)) open runs"
            lines.append(Line("The new window and limit apply to \(runs), too.", .warning, .bold))
        }
        if let opens = Self.opens(schedule, at: now) {
            lines.append(Line("It will wait for the send window, until \(opens).", .warning, .bold))
        } else if let limit = schedule.dailyLimit, let sent = newest.sentToday, sent >= limit {
            lines.append(Line("It will wait: the daily limit is reached.", .warning, .bold))
        }
        return lines
    }

    /// When a start sends, and how much a day; nothing where neither is limited.
    func scheduleLines(width: Int) -> [Line] {
        guard let schedule = send.schedule else { return [] }
        let parts = [schedule.window, schedule.dailyLimit.map { "up to \(NumberText.count($0)) per day" }]
        let texts = parts.compactMap { $0 }
        let whole = texts.joined(separator: ", ")
        guard !texts.isEmpty else { return [] }
        let rows = SafeText.width(whole) + 5 <= width ? [whole] : texts
        return rows.enumerated().map { index, text in
            [Line(index == 0 ? "when " : "     ", .dim), Line(TextFit.end(text, max(8, width - 5)))]
        }
    }

    /// For the header: the hours and the limit that hold, or until when they hold everything back.
    func scheduleTag(_ width: Int) -> Line {
        let schedule = newest.schedule
        let window = schedule.window.flatMap { SendWindow(argument: $0) }
        var wordings: [Line] = []
        if let hold = newest.holds.first(where: { $0.run == nil && $0.kind.isPlanned }) {
            let until = hold.until.map { date in
                " until " + (window.map { $0.words(for: date, at: now) } ?? String(time.clock(date).dropLast(3)))
            }
            let what = hold.kind == .window ? "send window closed" : "daily limit reached"
            let texts = [what + (until ?? ""), "waits" + (until ?? ""), String((until ?? "").dropFirst()), "waits"]
            wordings = texts.filter { !$0.isEmpty }.map { Line($0, .warning, .bold) }
        } else {
            wordings = Self.wordings(schedule, newest).map { Line($0, .dim) }
        }
        return (wordings.first { $0.width + 2 <= width } ?? Line()) + Line("  ")
    }

    /// What hours and limit hold, from the whole to what fits beside the address on a small screen.
    private static func wordings(_ schedule: SendSchedule, _ newest: EngineSnapshot) -> [String] {
        let ending = newest.isScheduleTemporary ? " · until restart" : ""
        let hours = schedule.window.map { $0.prefix { $0 != "@" }.trimmingCharacters(in: .whitespaces) }
        let cap = schedule.dailyLimit.map { NumberText.count($0) + "/day" }
        let sent = schedule.dailyLimit.flatMap { limit in
            newest.sentToday.map { "\(NumberText.count($0)) of \(NumberText.count(limit)) today" }
        }
        let limit = sent ?? schedule.dailyLimit.map { "up to \(NumberText.count($0)) per day" }
        if let window = schedule.window, let hours {
            guard let limit, let cap else {
                let time = hours.split(separator: " ").last.map(String.init) ?? hours
                return ["window \(window)\(ending)", "window \(window)", "window \(hours)", hours, time, "window"]
            }
            return [
                "window \(window) · \(limit)\(ending)", "window \(window) · \(limit)", "\(hours) · \(limit)",
                "\(hours) · \(cap)", "window · \(cap)", "window, limit", "2 limits",
            ]
        }
        guard let limit, let cap else { return [] }
        return [limit + ending, limit, cap, "daily limit"]
    }
}

import DeliveryModel
import TerminalKit

extension Model {
    mutating func ask(_ subject: Confirmation.Subject) { overlays.append(.confirmation(Confirmation(subject))) }

    mutating func press(_ key: Key, _ confirmation: Confirmation) -> [Effect] {
        var confirmation = confirmation
        let question = question(confirmation.subject)
        if let word = question.word { return type(key, confirmation, word, question) }
        if let choice = question.choices.first(where: { $0.key == key }) {
            overlays.removeLast()
            return carryOut(choice.command)
        }
        switch key {
        case .left, .up, .backTab, .character("h"): confirmation.step -= 1
        case .right, .down, .tab, .character("l"): confirmation.step += 1
        case .enter, .character(" "):
            overlays.removeLast()
            return carryOut(question.choices[question.focus(confirmation)].command)
        case .character("q"):
            // It always leads out, of the question about leaving to staying.
            overlays.removeLast()
            return confirmation.subject == .quit ? [] : quit()
        default: return []
        }
        replaceOverlay(.confirmation(confirmation))
        return []
    }

    /// Characters are text here: nothing happens before the whole word stands there.
    private mutating func type(
        _ key: Key, _ confirmation: Confirmation, _ word: String, _ question: Question
    ) -> [Effect] {
        var confirmation = confirmation
        switch key {
        case .escape:
            overlays.removeLast()
            return carryOut(question.choices.last?.command ?? .cancel)
        case .enter:
            guard confirmation.typed.text == word, let first = question.choices.first else { return [] }
            overlays.removeLast()
            return carryOut(first.command)
        default: _ = confirmation.typed.handle(key)
        }
        replaceOverlay(.confirmation(confirmation))
        return []
    }

    mutating func carryOut(_ command: Question.Command) -> [Effect] {
        switch command {
        case .cancel: return []
        case .start(let request):
            var effects: [Effect] = []
            // What is as it was is nobody's doing, and not for the audit.
            if let concurrency = send.concurrency, concurrency != newest.concurrencyMaximum {
                effects.append(.setConcurrency(concurrency))
            }
            if let rate = send.rate, rate != newest.rateMaximum { effects.append(.setRate(rate)) }
            if let schedule = send.schedule, schedule != newest.schedule { effects.append(.setSchedule(schedule)) }
            return effects + [.start(request)]
        case .stop(let run, let mode):
            self.run.stopping.insert(run)
            return [.stop(run, mode)]
        case .retry(let request): return [.retry(request.marks, request.query)]
        case .applyFix(let fix): return apply(fix)
        case .resume(let runs):
            run.selected = runs.first
            let effects = screen == .run ? [] : go(to: .run)
            return effects + runs.map { .resume($0) }
        case .passWindow(let run): return [.passWindow(run)]
        case .setSchedule(let schedule): return [.setSchedule(schedule)]
        case .keepSchedule:
            showSchedule()
            return []
        case .declineResume(let runs):
            preferences.declinedRuns = Array((runs + preferences.declinedRuns).prefix(50))
            toast(.info, "They stay in History; press c there to resume")
            return [.savePreferences(preferences)]
        case .export(let query, let path): return [.export(query, path: path)]
        case .stopListener:
            listener.isBusy = true
            return [.stopListener]
        case .quit(let mode): return [.exit(mode)]
        }
    }

    /// The runs of a question as they stand now.
    private func summary(_ run: RunID) -> RunSummary? {
        newest.run(run)?.summary ?? history.runs.first { $0.id == run }
            ?? (self.run.opened?.id == run ? self.run.opened : nil)
    }

    /// What a question says now.
    func question(_ subject: Confirmation.Subject) -> Question {
        switch subject {
        case .start(let request): return startQuestion(request)
        case .stop(let run): return stopQuestion(run)
        case .retry(let request): return retryQuestion(request)
        case .fix(let fix, let count): return fixQuestion(fix, count)
        case .resume(let runs, let isOffer): return resumeQuestion(runs.compactMap(summary), isOffer: isOffer)
        case .passWindow(let run): return passWindowQuestion(run)
        case .schedule(let schedule): return scheduleQuestion(schedule)
        case .replace(let query, let path):
            return Question(
                title: "Replace this file?",
                lines: [Line(TextFit.start(path, 52)), Line("It already exists.", .dim)],
                choices: [
                    Question.Choice(
                        key: .character("y"), label: "Replace", isDangerous: true, command: .export(query, path: path)),
                    Self.cancel,
                ])
        case .stopListener: return listenerQuestion
        case .quit: return quitQuestion
        }
    }

    /// The key that says yes, which is the end of the word where one is asked for.
    static func yes(_ word: String?) -> Key { word == nil ? .character("y") : .enter }

    static let cancel = Question.Choice(key: .escape, label: "Cancel", command: .cancel)

    /// What a question adds that an operator has to answer for.
    static let auditNote = Line("This is recorded in the audit log.", .dim)

    private func stopQuestion(_ id: RunID) -> Question {
        guard let run = newest.run(id), run.state.isActive else {
            return Question(
                title: "Run \(id) has ended", lines: [Line("There is nothing left to stop.", .dim)],
                choices: [Question.Choice(key: .escape, label: "Close", command: .cancel)])
        }
        var lines: [Line] = [
            [
                Line(NumberText.records(run.summary.counts.sent), .bright, .bold),
                Line(" sent. The rest can be resumed."),
            ]
        ]
        lines.append(contentsOf: atStake([run]))
        return Question(
            title: "Stop run \(id)?", lines: lines,
            choices: [
                Question.Choice(
                    key: .character("f"), label: "Finish in-flight", command: .stop(id, .finishInFlight)),
                Question.Choice(key: .character("n"), label: "Stop now", isDangerous: true, command: .stop(id, .now)),
                Self.cancel,
            ])
    }

    /// What stopping immediately would leave open.
    private func atStake(_ runs: [RunSnapshot]) -> [Line] {
        let requests = runs.reduce(0) { $0 + $1.inFlight }
        guard requests > 0 else { return [Line("No requests in flight: nothing would be sent twice.", .dim)] }
        let records = runs.flatMap { newest.requestsInFlight(of: $0.id) }.reduce(0) { $0 + $1.records }
        let what = requests == 1 ? "1 request in flight" : "\(NumberText.count(requests)) requests in flight"
        return [
            [
                Line(what, .warning, .bold), Line(records > 0 ? " (\(NumberText.records(records)))" : "", .warning),
            ],
            Line("Finish: waits up to 10 s for the responses.", .dim),
            Line("Stop now: resuming may send these records again.", .dim),
        ]
    }

    private var quitQuestion: Question {
        let active = activeRuns
        guard !active.isEmpty else {
            return Question(
                title: "Quit?", lines: [Line("No run is active anymore.", .dim)],
                choices: [
                    Question.Choice(key: .character("f"), label: "Quit", command: .quit(.finishInFlight)),
                    Question.Choice(key: .escape, label: "Stay", command: .cancel),
                ])
        }
        let what =
            active.count == 1
            ? "Run \(active[0].id) is active. It can be resumed later."
            : "\(active.count) runs are active. They can be resumed later."
        return Question(
            title: "Quit?",
            lines: [Line(what)] + atStake(active),
            choices: [
                Question.Choice(
                    key: .character("f"), label: "Finish and quit", command: .quit(.finishInFlight)),
                Question.Choice(key: .character("n"), label: "Stop now", isDangerous: true, command: .quit(.now)),
                Question.Choice(key: .escape, label: "Stay", command: .cancel),
            ])
    }

    private func resumeQuestion(_ runs: [RunSummary], isOffer: Bool) -> Question {
        var lines: [Line] = runs.prefix(5).map { run in
            [
                Line("Run \(run.id)  ", .bright, .bold),
                Line(TextFit.start(run.source.text, min(34, max(12, size.width - 36)))),
                Line("  \(NumberText.count(run.counts.sent)) sent", .dim),
            ]
        }
        if runs.count > 5 { lines.append(Line("and \(runs.count - 5) more", .dim)) }
        lines.append(
            Line(runs.count > 1 ? "They continue where they stopped." : "It continues where it stopped.", .dim))
        let twice = runs.reduce(0) { $0 + $1.mayArriveTwice }
        if twice > 0 {
            lines.append(Line("\(NumberText.records(twice)) may arrive twice.", .warning, .bold))
        }
        let ids = runs.map(\.id)
        // How much is left of a file is known in bytes only.
        let left = runs.contains { ($0.unreadBytes ?? 1) > 0 } ? Int.max : runs.reduce(0) { $0 + $1.counts.pending }
        let word = runs.isEmpty ? nil : guardWord(sending: left)
        return Question(
            title: isOffer ? "Resume interrupted runs?" : "Resume run \(runs.first?.id.description ?? "")?",
            lines: lines,
            choices: [
                Question.Choice(key: Self.yes(word), label: "Resume", command: .resume(ids)),
                Question.Choice(
                    key: .escape, label: isOffer ? "Not now" : "Cancel",
                    command: isOffer ? .declineResume(ids) : .cancel),
            ], word: word)
    }

    private var listenerQuestion: Question {
        let open = listener.snapshot.openConnections
        let connections = open == 1 ? "1 connection is open." : "\(NumberText.count(open)) connections are open."
        return Question(
            title: "Stop the listener?",
            lines: [
                Line("Clients can't connect until it starts again."),
                Line(connections, .dim), Line("Accepted records are still delivered.", .dim),
            ],
            choices: [
                Question.Choice(key: .character("y"), label: "Stop", isDangerous: true, command: .stopListener),
                Self.cancel,
            ])
    }
}

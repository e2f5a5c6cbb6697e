import DeliveryModel
import TerminalKit

extension Model {
    /// Why the run here can't be sent outside of the send window.
    var passWindowObstacle: String? {
        guard let run = screen.place.run(self) else { return "No run yet" }
        return isWaitingForWindow(run.id) ? nil : "This run isn't waiting for the send window"
    }

    private func isWaitingForWindow(_ id: RunID) -> Bool {
        newest.run(id)?.hold == .window
    }

    func passWindowQuestion(_ id: RunID) -> Question {
        guard let run = newest.run(id), isWaitingForWindow(id) else {
            return Question(
                title: "Run \(id) isn't waiting anymore",
                lines: [Line("It's no longer waiting for the send window.", .dim)],
                choices: [Question.Choice(key: .escape, label: "Close", command: .cancel)])
        }
        // How much is left of a file is known in bytes only.
        let word = guardWord(sending: .max)
        return Question(
            title: "Send run \(id) outside of the send window?",
            lines: [
                [Line("from ", .dim), Line(TextFit.start(RunText.source(run.summary.source), 48))],
                [Line("to   ", .dim), Line(newest.apiHost ?? "the API", .accent, .bold)],
                Line("Other runs keep waiting for the window.", .dim),
                Line("The daily limit still applies.", .dim), Self.auditNote,
            ],
            choices: [
                Question.Choice(key: Self.yes(word), label: "Send now", command: .passWindow(id)), Self.cancel,
            ], word: word)
    }
}

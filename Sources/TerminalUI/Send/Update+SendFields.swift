import CustomerRecords
import DeliveryModel
import TerminalKit

extension Model {
    /// The keys of a field below the browser. What is typed counts at once.
    mutating func typeField(_ key: Key) -> [Effect] {
        guard let field = send.field else { return [] }
        let all = SendModel.Field.allCases
        switch key {
        case .escape, .enter:
            leaveField()
            return applyPacing()
        case .tab, .down: send.field = all[(field.rawValue + 1) % all.count]
        case .backTab, .up: send.field = all[(field.rawValue + all.count - 1) % all.count]
        case .character(let character) where !character.isASCII || !character.isNumber:
            // The fields hold numbers; a letter here is an action's key.
            if character == "q" || character == "?" || character == ":" { return [] }
        case .character:
            if (send.fields[field]?.characters.count ?? 0) < 9 { _ = send.fields[field]?.handle(key) }
        default: _ = send.fields[field]?.handle(key)
        }
        return []
    }

    mutating func leaveField() { send.field = nil }

    /// Tells the engine the numbers that changed.
    private func applyPacing() -> [Effect] {
        var effects: [Effect] = []
        if let concurrency = send.concurrency, concurrency != newest.concurrencyMaximum {
            effects.append(.setConcurrency(concurrency))
        }
        if let rate = send.rate, rate != newest.rateMaximum { effects.append(.setRate(rate)) }
        return effects
    }

    /// The engine's numbers were changed elsewhere: the fields follow, unless one of them is being typed in.
    mutating func followPacing(from old: EngineSnapshot) {
        guard send.field == nil else { return }
        if newest.concurrencyMaximum != old.concurrencyMaximum {
            send.fields[.concurrency] = TextField(String(newest.concurrencyMaximum))
        }
        if newest.rateMaximum != old.rateMaximum {
            send.fields[.rate] = TextField(newest.rateMaximum.map(String.init) ?? "")
        }
    }

    mutating func typeFileFilter(_ key: Key) -> [Effect] {
        switch key {
        case .enter, .tab:
            send.browser.isFiltering = false
            return []
        case .escape:
            send.browser.isFiltering = false
            send.browser.filter = TextField()
        case .up, .down:
            send.browser.cursor.move(by: key == .up ? -1 : 1, count: send.browser.rows.count, page: page)
            return selectionChanged()
        default:
            let before = send.browser.filter.text
            _ = send.browser.filter.handle(key)
            if before == send.browser.filter.text { return [] }
        }
        return rearrangeBrowser()
    }

    /// What starting would do, in words.
    func startQuestion(_ request: StartRequest) -> Confirmation {
        let host = newest.apiHost ?? (setup.hasSandbox ? "the sandbox" : "the API")
        let number: Line
        if let dryRun = send.dryRun, dryRun.path == request.path, dryRun.problem == nil, dryRun.report.read > 0 {
            let report = dryRun.report
            let counts = report.counts(for: request.filter)
            if report.isFinished {
                number = Line(Figures.records(counts.valid), .bright, .bold)
            } else {
                let estimate = report.share > 0 ? Int(Double(counts.valid) / report.share) : counts.valid
                number = Line("about " + Figures.records(estimate), .bright, .bold)
            }
        } else if case .loaded(_, let preview) = send.preview {
            number = Line("up to about " + Figures.records(preview.estimatedRecords), .bright, .bold)
        } else {
            number = Line("all its records", .bright, .bold)
        }
        let ages: String
        switch (request.filter.minimum, request.filter.maximum) {
        case (0, nil): ages = "of every age"
        case (let low, nil): ages = "aged \(low) and above"
        case (let low, let high?): ages = "aged \(low) to \(high)"
        }
        return Confirmation(
            title: "Send this file?",
            lines: [
                [number, Line(" " + ages)],
                [Line("of   ", .dim), Line(TextFit.start(Self.name(of: request.path), 48))],
                [
                    Line("to   ", .dim), Line(host, .accent, .bold),
                    setup.hasSandbox ? Line("  simulated", .dim) : Line(),
                ],
                [Line("with ", .dim), Line(pacingText)],
            ],
            choices: [
                Confirmation.Choice(key: .character("y"), label: "Send", command: .start(request)),
                Confirmation.Choice(key: .escape, label: "Cancel", command: .cancel),
            ])
    }

    private var pacingText: String {
        let concurrency = send.concurrency ?? newest.concurrencyMaximum
        let requests = concurrency == 1 ? "1 request in flight" : "at most \(concurrency) requests in flight"
        guard case .some(.some(let rate)) = send.rate else { return requests }
        return requests + ", \(Figures.count(rate)) records a second"
    }
}

import CustomerRecords
import DeliveryModel
import TerminalKit

/// What is asked before a file is sent.
extension Model {
    /// How many records a start would send, as far as that is known.
    func expected(_ request: StartRequest) -> SendModel.Expectation {
        if let dryRun = send.dryRun, dryRun.path == request.path, dryRun.problem == nil, dryRun.report.read > 0 {
            let report = dryRun.report
            let valid = report.counts(for: request.filter).valid
            if report.isFinished {
                guard request.onlyNew != nil else { return .exactly(valid) }
                let new = newCount(request.path)?.count(for: request.filter, of: valid)
                return new.map { .exactly($0) } ?? .upTo(valid)
            }
            return report.share > 0 ? .about(Int(Double(valid) / report.share)) : .unknown
        }
        if case .loaded(request.path, let preview) = send.preview { return .upTo(preview.estimatedRecords) }
        return .unknown
    }

    /// What starting would do, in words.
    func startQuestion(_ request: StartRequest) -> Question {
        let host = newest.apiHost ?? (setup.hasSandbox ? "the sandbox" : "the API")
        if case .failed(request.path, let message) = send.preview { return refusal(request, message) }
        if let dryRun = send.dryRun, dryRun.path == request.path {
            if let problem = dryRun.problem { return refusal(request, problem) }
            if dryRun.report.isFinished, let reason = dryRun.report.nothingToSend(request.filter) {
                return refusal(request, reason + ".")
            }
            if request.onlyNew != nil, let reason = nothingNew(request.path, request.filter) {
                return refusal(request, reason + ".")
            }
        }
        let expectation = expected(request)
        let number: Line =
            switch expectation {
            case .exactly(let count): Line(NumberText.records(count), .bright, .bold)
            case .about(0): Line("counting, no valid record so far", .warning)
            case .about(let count): Line("about " + NumberText.records(count), .bright, .bold)
            case .upTo(let count): Line("up to about " + NumberText.records(count), .bright, .bold)
            case .unknown: Line("counting…", .accent)
            }
        let ages: String =
            switch (request.filter.minimum, request.filter.maximum) {
            case (0, nil): "of any age"
            case (let low, nil): "aged \(low) and over"
            case (let low, let high?): "aged \(low) to \(high)"
            }
        let word = guardWord(expectation)
        var lines: [Line] = [
            [number, Line(expectation == .about(0) ? "" : " " + ages)],
            [Line("from ", .dim), Line(TextFit.start(Self.name(of: request.path), 48))],
            [
                Line("to   ", .dim), Line(host, .accent, .bold),
                setup.hasSandbox ? Line("  simulated", .dim) : Line(),
            ],
            [Line("with ", .dim), Line(pacingText)],
        ]
        if let list = request.onlyNew {
            lines[0] += Line(", new to \(TextFit.end(list, 20))", .info)
        }
        lines += scheduleLines(width: size.width - 16)
        let warnings = warnings(request, expectation)
        // What may be wrong has its place first, then what is sent, then how.
        var room = size.height - (word == nil ? 8 : 10) - lines.count - warnings.count
        if room < 0 {
            // The pace stands in the form below.
            lines.remove(at: 3)
            room += 1
        }
        let mapped = mappedLines(request.reading)
        if room >= mapped.count { lines.insert(contentsOf: mapped, at: 2) }
        if room > mapped.count {
            lines.append(Line("Name and age are only checked, never sent.", .dim))
        }
        lines += warnings
        return Question(
            title: "Send this file?", lines: lines,
            choices: [
                Question.Choice(key: Self.yes(word), label: "Send", command: .start(request)), Self.cancel,
            ], word: word)
    }

    /// Which columns are delivered, where the header alone doesn't say it, and the encoding that was chosen.
    private func mappedLines(_ reading: FileReading) -> [Line] {
        var lines: [Line] = []
        if let columns = reading.columns {
            func text(_ column: KnownColumn) -> String {
                let title: String
                switch columns[column] {
                case .title(let text): title = text
                case .number(let number): title = "column \(number)"
                case nil: title = "–"
                }
                return "\(MappingModel.label(column).lowercased()) ← " + TextFit.end(title, 20)
            }
            lines.append([Line("     "), Line(text(.name) + " · " + text(.age), .info)])
            lines.append([Line("     "), Line(text(.cookie) + " · " + text(.bannerID), .info)])
        }
        if let encoding = reading.encoding {
            lines.append([Line("as   ", .dim), Line(EncodingModel.label(encoding), .info)])
        }
        if let format = reading.nameFormat {
            lines.append([Line("     "), Line("valid names: \(format.words)", .info)])
        }
        return lines
    }

    /// What the cookies of a mapped file look like instead.
    private func cookieWarning(_ request: StartRequest) -> Line? {
        guard request.reading.columns != nil, case .loaded(request.path, let preview) = send.preview,
            let doubt = CookieDoubt(preview.records.map(\.fields.cookie))
        else { return nil }
        return Line("Check the cookie column (m): \(doubt.words).", .warning, .bold)
    }

    private func guardWord(_ expectation: SendModel.Expectation) -> String? {
        switch expectation {
        case .exactly(let count), .about(let count), .upTo(let count): guardWord(sending: count)
        case .unknown: guardWord(sending: .max)
        }
    }

    /// What has to be typed before so many records are sent: the name of a profile of production. `nil` where a key is
    /// enough.
    func guardWord(sending count: Int) -> String? {
        guard let profile, profile.isProduction, count > Setup.guardedRecords else { return nil }
        return profile.name
    }

    private func refusal(_ request: StartRequest, _ message: String) -> Question {
        Question(
            title: "Can't send this file",
            lines: [Line(TextFit.start(Self.name(of: request.path), 48), .bright)]
                + TextFit.wrap(message, 52, maximumLines: 4).map { Line($0, .warning) },
            choices: [Question.Choice(key: .escape, label: "Close", command: .cancel)])
    }

    private func warnings(_ request: StartRequest, _ expectation: SendModel.Expectation) -> [Line] {
        var lines: [Line] = []
        if let earlier = sentBefore(request.path) {
            let day = time.day(earlier.startedAt, now: now)
            let again =
                switch expectation {
                case .exactly(let count), .about(let count): NumberText.records(min(count, earlier.counts.sent))
                case .upTo, .unknown: NumberText.records(earlier.counts.sent)
                }
            switch earlier.state {
            case .done:
                lines.append(Line("Already sent as run \(earlier.id) \(day):", .warning, .bold))
                lines.append(Line("\(again) would arrive again.", .warning))
            case let state where state.isActive:
                lines.append(Line("Run \(earlier.id) is sending this file now:", .warning, .bold))
                lines.append(Line("its records would arrive twice.", .warning))
            default:
                lines.append(Line("Run \(earlier.id) stopped \(day) with \(again) sent.", .warning, .bold))
                lines.append(Line("Resume it in History to avoid sending records twice.", .warning))
            }
        } else if isComparing(request.path) {
            lines.append(Line("Checking whether it was sent before…", .accent))
        }
        lines += scheduleWarnings()
        if let warning = cookieWarning(request) { lines.append(warning) }
        if let dryRun = send.dryRun, dryRun.path == request.path, let warning = dryRun.report.rejectionWarning {
            lines += TextFit.wrap(warning, min(64, size.width - 12), maximumLines: 2).map { Line($0, .warning) }
        }
        return lines.isEmpty ? [] : [Line()] + lines
    }

    private var pacingText: String {
        let concurrency = send.concurrency ?? newest.concurrencyMaximum
        let requests = concurrency == 1 ? "1 request in flight" : "at most \(concurrency) requests in flight"
        guard case .some(.some(let rate)) = send.rate else { return requests }
        return requests + ", \(NumberText.count(rate)) records per second"
    }
}

extension SendModel {
    /// How many records a start would send.
    enum Expectation: Hashable, Sendable {
        case exactly(Int)
        case about(Int)
        case upTo(Int)
        case unknown
    }

    /// Of the file as it was read.
    func version(of path: String) -> FileVersion? {
        if case .loaded(path, let preview) = preview { return preview.version }
        return nil
    }
}

extension DryRunReport {
    /// Said when a tenth or more would be rejected: the file may have been misread.
    var rejectionWarning: String? {
        guard read > 0, rejected * 10 >= read, let reason = mostRejections else { return nil }
        if rejected == 1 { return "1 of \(NumberText.records(read)) would be rejected, \(reason)." }
        let share = rejected == read ? "All" : "\(min(99, Int((Double(rejected) / Double(read) * 100).rounded())))%"
        return "\(share) of the records would be rejected, \(reason)."
    }

    /// Why most of the rejected records are, and what helps where that is known.
    var mostRejections: String? {
        guard let worst = rejections.max(by: { ($0.value, $1.key.rawValue) < ($1.value, $0.key.rawValue) }) else {
            return nil
        }
        let most = rejected == 1 ? "" : rejections.count == 1 ? "all " : "most "
        guard worst.key == .malformed else {
            return "\(most)for \(rejected == 1 ? "its" : "their") \(FailureText.reason(worst.key))"
        }
        guard let notText = notices[.notText], notText.count * 2 >= worst.value else {
            return rejected == 1 ? "malformed" : most + "of them malformed"
        }
        let share = rejected == 1 ? "" : notText.count >= rejected ? "all " : "most "
        return "\(share)because \(rejected == 1 ? "it is" : "they are") not UTF-8: press E to set the encoding"
    }
}

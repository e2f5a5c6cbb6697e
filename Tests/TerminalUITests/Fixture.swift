import CustomerRecords
import DeliveryModel
import Foundation

@testable import TerminalKit
@testable import TerminalUI

/// Models to start from. Nothing in them depends on the clock, the zone or the machine.
enum Fixture {
    static let now = Date(timeIntervalSince1970: 1_795_523_445)  // 2026-11-24 12:30:45 UTC

    static func model(_ screen: Screen = .send, size: Size = Size(width: 80, height: 24)) -> Model {
        var setup = Setup(home: "/home/jan")
        setup.hasListener = true
        setup.hasSandbox = true
        setup.apiURL = "https://ads.example.com"
        var model = Model(
            setup: setup, preferences: Preferences(),
            send: SendModel(directory: "/home/jan/samples", filter: AgeFilter(), concurrency: 16, rate: nil), now: now,
            zone: TimeZone(secondsFromGMT: 0) ?? .current)
        model.size = size
        model.hasOfferedResume = true
        _ = update(&model, .engine(EngineSnapshot(generation: 1, apiHost: "ads.example.com", lastSuccess: now)))
        model.screen = screen
        return model
    }

    static func send(size: Size = Size(width: 80, height: 24)) -> Model {
        var model = model(size: size)
        _ = update(&model, .directory(path: "/home/jan/samples", .success(entries)))
        _ = update(&model, .preview(path: "/home/jan/samples/customers.csv", .success(preview)))
        _ = update(&model, .dryRun(path: "/home/jan/samples/customers.csv", .success(report)))
        return model
    }

    static func run(
        _ state: RunState = .running, size: Size = Size(width: 80, height: 24), runs: Int = 1,
        hold: DeliveryHold.Kind? = nil
    ) -> Model {
        var model = model(.run, size: size)
        var snapshots = (0..<runs).map { index in
            index == runs - 1 ? snapshot(42, state) : snapshot(Int64(42 - runs + 1 + index), .done)
        }
        snapshots[runs - 1].hold = hold
        _ = update(&model, .engine(engine(snapshots)))
        return model
    }

    static func failures(_ count: Int = 30, size: Size = Size(width: 80, height: 24)) -> Model {
        var model = model(.failures, size: size)
        answerFetch(&model, records(count))
        _ = update(&model, .failuresWaiting(count, undelivered: count * 2 / 3, seconds: 0))
        return model
    }

    static func faceted(size: Size = Size(width: 80, height: 24)) -> Model {
        var model = failures(size: size)
        let facets = FailureFacets(
            kinds: [.retryable: 10, .permanent: 10, .rejected: 10], reasons: [.name: 7, .age: 3],
            statuses: ["503": 10, "400": 10], runs: [RunID(rawValue: 42): 30])
        _ = update(&model, .facets(model.failures.query, .success(facets)))
        return model
    }

    static func history(size: Size = Size(width: 80, height: 24)) -> Model {
        var model = model(.history, size: size)
        _ = update(&model, .history(.success(summaries), before: nil))
        return model
    }

    static func listener(size: Size = Size(width: 80, height: 24)) -> Model {
        var model = model(.listener, size: size)
        _ = update(&model, .listener(listenerSnapshot))
        return model
    }

    static func log(size: Size = Size(width: 80, height: 24)) -> Model {
        var model = model(.log, size: size)
        let lines = (1...40).map { number in
            let level: LogLine.Level = number % 13 == 0 ? .error : number % 5 == 0 ? .warning : .info
            return LogLine(
                number: number, time: now.addingTimeInterval(Double(number)), level: level,
                text: "run 42: batch \(number) " + (level == .info ? "acknowledged" : "answered 503"))
        }
        _ = update(&model, .log(lines))
        return model
    }

    static func engine(_ runs: [RunSnapshot], generation: Int = 2) -> EngineSnapshot {
        var snapshot = EngineSnapshot(
            generation: generation, runs: runs, apiHost: "ads.example.com", lastSuccess: now, inFlight: 6,
            concurrencyLimit: 8, concurrencyMaximum: 16)
        snapshot.requestsInFlight = requestsInFlight
        return snapshot
    }

    /// Gives a model the rows that it asks for, out of a whole list.
    static func answerFetch(_ model: inout Model, _ records: [FailedRecord]) {
        guard case .fetchFailures(let fetch) = model.fetchFailures() else { return }
        _ = update(&model, .failures(.success(page(fetch, records))))
    }

    static func page(_ fetch: FailureFetch, _ records: [FailedRecord]) -> FailurePage {
        let index = records.firstIndex { $0.id == fetch.record } ?? fetch.row
        let row = min(index, max(0, records.count - 1))
        let top = min(max(0, row - fetch.offset), max(0, records.count - fetch.visible))
        let first = max(0, top - fetch.visible)
        return FailurePage(
            request: fetch.request, count: records.count, first: first,
            rows: Array(records.dropFirst(first).prefix(fetch.visible * 4)), shift: index - fetch.row)
    }
}

extension Fixture {
    /// The Send screen with the profiles of a configuration file.
    static func profiled(_ name: String?, size: Size = Size(width: 100, height: 30)) -> Model {
        var model = send(size: size)
        model.setup.hasSandbox = false
        var production = Profile(name: "production", address: "https://ads.example.com")
        production.color = .red
        var staging = Profile(name: "staging", address: "https://staging.ads.example.com")
        staging.color = .green
        model.setup.profiles = [production, staging]
        model.setup.canSwitchProfile = true
        var engine = EngineSnapshot(generation: 2, apiHost: "ads.example.com", lastSuccess: now)
        engine.profile = name
        _ = update(&model, .engine(engine))
        return model
    }

    /// Requests of run 42, newest first.
    static let traces: [RequestTrace] = (1...12).reversed().map { number in
        var trace = RequestTrace(
            id: number, run: RunID(rawValue: 42), batch: (number + 2) / 3, records: 1000,
            lines: (number * 1000 - 998)...(number * 1000 + 1), attempt: (number - 1) % 3 + 1,
            started: now.addingTimeInterval(Double(number - 12)),
            url: "https://ads.example.com/banners/show/bulk",
            body:
                #"{"Data":[{"VisitorCookie":"26555324-53df-4eb1-8835-e6c0078bb2c0","BannerId":15},{"VisitorCookie":"c-2","BannerId":42}]}"#,
            shownRecords: 2, bodyBytes: 71_012)
        if number < 12 {
            trace.result = RequestTrace.Result(
                label: number % 3 == 0 ? "200" : "503", duration: 0.31 * Double(number), isApplied: number % 3 == 0,
                cause: number % 3 == 0 ? nil : "API error (503)", excerpt: number % 3 == 0 ? "" : "Service Unavailable")
        }
        return trace
    }

    static let fixPreview: FixPreview = {
        var preview = FixPreview()
        preview.selected = 10
        for number in 1...7 {
            preview.note(
                FixPreview.Example(
                    line: number * 7, old: "Jane_Smith_\(number % 3)", new: number > 5 ? "Jane Smith 1" : "Jane Smith",
                    reason: number > 5 ? .name : nil), reason: number > 5 ? .name : nil)
        }
        return preview
    }()
}

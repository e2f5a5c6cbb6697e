import CustomerRecords
import DeliveryModel
import ShowAdsAPI
import TestSupport
import Testing

@testable import DeliveryEngine

@Suite("Operators pause, stop, and continue", .timeLimit(.minutes(30)))
struct CommandTests {
    @Test("a paused run sends nothing more until it continues")
    func pause() async throws {
        let api = FakeBannerAPI()
        api.hold()
        try await withEngine(api) { workplace in
            let run = try await workplace.start(records: 5000, batchSize: 100)
            await api.until { $0.inFlight == 2 }
            try await workplace.engine.pause(run)
            api.release()
            await workplace.until(run) { $0.state == .paused && $0.inFlight == 0 }
            let sent = api.ledger.requests.count
            #expect(sent == 2)
            try await workplace.engine.unpause(run)
            let summary = try await workplace.engine.finished(run)
            #expect(summary.counts.sent == 5000)
            #expect(api.ledger.duplicates == 0)
        }
    }

    @Test("a paused run is resumed as well as continued; an active one is not resumed once more")
    func resumePaused() async throws {
        let api = FakeBannerAPI()
        api.hold()
        try await withEngine(api) { workplace in
            let run = try await workplace.start(records: 500, batchSize: 100)
            await api.until { $0.inFlight == 2 }
            await #expect(throws: DeliveryError.self) { try await workplace.engine.resume(run) }
            try await workplace.engine.pause(run)
            try await workplace.engine.resume(run)
            api.release()
            #expect(try await workplace.engine.finished(run).counts.sent == 500)
            #expect(api.ledger.duplicates == 0)
        }
    }

    @Test(
        "a run that an earlier process left paused continues, whichever command asks for it", arguments: [true, false])
    func continuesAtRest(isResumed: Bool) async throws {
        let folder = try TemporaryFolder()
        let api = FakeBannerAPI()
        api.hold()
        let run = try await withEngine(api, in: folder) { workplace in
            let run = try await workplace.start(records: 500, batchSize: 100)
            await api.until { $0.inFlight == 2 }
            try await workplace.engine.pause(run)
            api.release()
            await workplace.until(run) { $0.inFlight == 0 }
            return run
        }
        try await withEngine(api, in: folder) { workplace in
            #expect(try await workplace.engine.run(run)?.state == .paused)
            if isResumed {
                try await workplace.engine.resume(run)
            } else {
                try await workplace.engine.unpause(run)
            }
            #expect(try await workplace.engine.finished(run).counts.sent == 500)
        }
    }

    @Test("a stop lets requests in flight end, and the rest is sent when the run is resumed")
    func stop() async throws {
        let api = FakeBannerAPI()
        api.hold()
        try await withEngine(api) { workplace in
            let run = try await workplace.start(records: 5000, batchSize: 100)
            await api.until { $0.inFlight == 2 }
            try await workplace.engine.stop(run, mode: .finishInFlight)
            api.release()
            let stopped = try await workplace.engine.finished(run)
            #expect(stopped.state == .stopped(reason: "stopped by the operator"))
            #expect(stopped.counts.sent == 200)
            #expect(stopped.possibleDuplicates == 0)
            try await workplace.engine.resume(run)
            let summary = try await workplace.engine.finished(run)
            #expect(summary.counts.sent == 5000)
            #expect(summary.possibleDuplicates == 0)
            #expect(api.ledger.duplicates == 0)
        }
    }

    @Test("a process that ends by itself takes nothing new once everything is delivered, and not before")
    func closing() async throws {
        let api = FakeBannerAPI()
        api.hold()
        try await withEngine(api) { workplace in
            let run = try await workplace.start(records: 300, batchSize: 100)
            await api.until { $0.inFlight == 2 }
            #expect(await !workplace.engine.closeIfDelivered())
            let paused = try await workplace.start(records: 100, batchSize: 100)
            try await workplace.engine.pause(paused)
            api.release()
            #expect(try await workplace.engine.finished(run).counts.sent == 300)
            await workplace.until(paused) { $0.state == .paused && $0.inFlight == 0 }
            #expect(await workplace.engine.closeIfDelivered())
            await #expect {
                _ = try await workplace.start(records: 1, batchSize: 1)
            } throws: { ($0 as? DeliveryError)?.code == .ending }
            #expect(api.ledger.requests.count == 3)
        }
    }

    @Test("a stop gives requests in flight no more than its grace")
    func grace() async throws {
        let api = FakeBannerAPI()
        api.hold()
        try await withEngine(api, stopGrace: .milliseconds(50)) { workplace in
            let run = try await workplace.start(records: 1000, batchSize: 100)
            await api.until { $0.inFlight == 2 }
            try await workplace.engine.stop(run, mode: .finishInFlight)
            let stopped = try await workplace.engine.finished(run)
            #expect(stopped.counts.sent == 0 && stopped.counts.pending > 0)
            try await workplace.engine.resume(run)
            await api.until { $0.inFlight == 4 }
            api.release()
            let summary = try await workplace.engine.finished(run)
            #expect(summary.state == .done)
            #expect(summary.counts.sent == 1000)
        }
    }

    @Test("a stop at once leaves requests in flight in doubt")
    func stopNow() async throws {
        let api = FakeBannerAPI()
        api.hold()
        try await withEngine(api) { workplace in
            let run = try await workplace.start(records: 5000, batchSize: 100)
            await api.until { $0.inFlight == 2 }
            try await workplace.engine.stop(run, mode: .now)
            let stopped = try await workplace.engine.finished(run)
            #expect(stopped.counts.sent == 0)
            #expect(stopped.recordsUnanswered == 200, "these may arrive twice when the run is resumed")
            api.release()
            await api.until { $0.inFlight == 0 }
            try await workplace.engine.resume(run)
            let summary = try await workplace.engine.finished(run)
            #expect(summary.counts.sent == 5000)
            #expect(summary.possibleDuplicates == 200 && summary.recordsUnanswered == 0)
            #expect(api.ledger.duplicates == 200)
        }
    }

    @Test("what a stop leaves of a split batch is sent when the run is resumed")
    func stopInSplitBatch() async throws {
        let isRefused: @Sendable (FakeBannerAPI.Request) -> Bool = { $0.cookies.contains("0") && $0.cookies.count > 25 }
        let api = FakeBannerAPI { isRefused($0) ? .refused(status: 400, answer: "") : .applied }
        api.hold { !isRefused($0) }
        try await withEngine(api) { workplace in
            let run = try await workplace.start(records: 100)
            // Of the parts of 50, 25 and 25 records two are in flight and one waits.
            await api.until { $0.inFlight == 2 && $0.requests.count == 4 }
            try await workplace.engine.stop(run, mode: .finishInFlight)
            api.release()
            let stopped = try await workplace.engine.finished(run)
            #expect(stopped.state == .stopped(reason: "stopped by the operator"))
            #expect(stopped.counts.read == 100)
            #expect(stopped.counts.pending > 0)
            try await workplace.engine.resume(run)
            let summary = try await workplace.engine.finished(run)
            #expect(summary.state == .done)
            #expect(summary.counts == RunCounts(sent: 100))
            #expect(api.ledger.cookies.count == 100 && api.ledger.duplicates == 0)
        }
    }

    @Test("two runs share the requests, so a short one does not wait for a long one")
    func roundRobin() async throws {
        let api = FakeBannerAPI()
        api.hold()
        try await withEngine(api) { workplace in
            let long = try await workplace.start(records: 20_000, batchSize: 100, named: "long.csv")
            await api.until { $0.inFlight == 2 }
            let records = (0..<500).map { "Jane Doe,30,short\($0),1\n" }.joined()
            let file = try workplace.file(records, named: "short.csv")
            let short = try await workplace.engine.start(
                RunRequest(source: .file(path: file), options: ReaderOptions(batchSize: 100)))
            await workplace.until(short) { $0.isFullyRead }
            api.release()
            let summary = try await workplace.engine.finished(short)
            #expect(summary.counts.sent == 500)
            // Not how many there were when it had its end, which waits for the disk.
            let requests = api.ledger.requests.lastIndex { $0.cookies[0].hasPrefix("short") } ?? .max
            #expect(requests < 60, "\(requests) requests until five of them were the short run's")
            #expect(try await workplace.engine.finished(long).counts.sent == 20_000)
        }
    }

    @Test("a run without success for too long is given up, and nothing has failed")
    func givenUp() async throws {
        let api = FakeBannerAPI { _ in .transient(.connect, mayHaveBeenApplied: false) }
        try await withEngine(api, giveUpAfter: .milliseconds(500)) { workplace in
            let summary = try await workplace.deliver(records: 2000)
            guard case .stopped(let reason) = summary.state else {
                Issue.record("\(summary.state)")
                return
            }
            #expect(reason.contains("without a success: connection refused by the API"), "\(reason)")
            #expect(summary.counts.pending + summary.counts.sent + summary.counts.failed == summary.counts.valid)
            #expect(summary.counts.failed == 0)
        }
    }

    @Test("what can't be done is a conflict or unknown")
    func conflicts() async throws {
        let api = FakeBannerAPI()
        try await withEngine(api) { workplace in
            let engine = workplace.engine
            let unknown = RunID(rawValue: 99)
            #expect(await codeThrown { try await engine.pause(unknown) } == .notFound)
            #expect(await codeThrown { try await engine.resume(unknown) } == .notFound)
            let done = try await workplace.deliver(records: 10)
            #expect(await codeThrown { try await engine.pause(done.id) } == .conflict)
            #expect(await codeThrown { try await engine.resume(done.id) } == .conflict)
            #expect(await codeThrown { try await engine.retry(done.id, .matching(FailureQuery())) } == .conflict)
        }
    }
}

import CustomerRecords
import DeliveryJournal
import DeliveryModel
import DeliveryStore
import ShowAdsAPI
import TestSupport
import Testing

@testable import DeliveryEngine

@Suite("Every answer has its consequence", .timeLimit(.minutes(30)))
struct AnswerTests {
    @Test("each refused record is found in about twenty requests and listed with its line")
    func bisection() async throws {
        let bad: Set = ["17", "999", "1500", "2400", "3333"]
        let api = FakeBannerAPI { bad.isDisjoint(with: $0.cookies) ? .applied : .refused(status: 400, answer: "no") }
        try await withEngine(api) { workplace in
            let summary = try await workplace.deliver(records: 5000)
            #expect(summary.state == .done)
            #expect(summary.counts.sent == 4995)
            #expect(summary.counts.failed == 5)
            #expect(summary.requests <= 5 + 5 * 20)
            #expect(api.ledger.cookies.count == 4995 && api.ledger.duplicates == 0)
            let failures = try await workplace.journal.failures(FailureQuery(run: summary.id), limit: 10)
            #expect(Set(failures.map(\.cookie)) == bad)
            for failure in failures {
                #expect(failure.line == (Int(failure.cookie) ?? 0) + 1)
                #expect(failure.kind == .permanent)
                #expect(failure.status == "400")
                #expect(failure.message.contains("no"))
            }
            #expect(summary.possibleDuplicates == 0)
        }
    }

    @Test("a token that is refused with many requests in flight costs nothing but a second request each")
    func refusedToken() async throws {
        let api = FakeBannerAPI { $0.number < 2 ? .applied : $0.number < 40 ? .tokenRefused : .applied }
        try await withEngine(api, attempts: 1) { workplace in
            let summary = try await workplace.deliver(records: 6000, batchSize: 100)
            #expect(summary.state == .done)
            #expect(summary.counts.sent == 6000)
            #expect(summary.requests == 60 + 38)
            #expect(summary.possibleDuplicates == 0)
            #expect(api.ledger.duplicates == 0)
        }
    }

    @Test("a batch under which the connection broke is sent again on a new one")
    func brokenConnection() async throws {
        let api = FakeBannerAPI {
            switch $0.number {
            case 0: .transient(.reset, mayHaveBeenApplied: true)
            case 1: .transient(.status(503), mayHaveBeenApplied: false)
            default: .applied
            }
        }
        try await withEngine(api) { workplace in
            let summary = try await workplace.deliver(records: 10)
            #expect(summary.counts.sent == 10)
            #expect(api.ledger.requests.map(\.needsNewConnection) == [false, true, false])
        }
    }

    @Test("a fault that may have applied the records is repeated and counted")
    func possibleDuplicates() async throws {
        let api = FakeBannerAPI {
            switch $0.number {
            case 0: .transient(.status(500), mayHaveBeenApplied: true)
            case 1: .transient(.connect, mayHaveBeenApplied: false)
            default: .applied
            }
        }
        try await withEngine(api) { workplace in
            let summary = try await workplace.deliver(records: 2000)
            #expect(summary.counts.sent == 2000)
            #expect(summary.retries == 2)
            #expect(summary.possibleDuplicates == 1000)
            #expect(api.ledger.duplicates == 1000)
            #expect(summary.statuses == ["500": 1, "connect": 1, "200": 2])
        }
    }

    @Test("records whose attempts are used up have failed for now, and each attempt may have applied them")
    func usedUp() async throws {
        let api = FakeBannerAPI {
            $0.cookies.contains("0") ? .transient(.status(503), mayHaveBeenApplied: true) : .applied
        }
        try await withEngine(api, attempts: 2) { workplace in
            let summary = try await workplace.deliver(records: 300, batchSize: 100)
            #expect(summary.state == .done)
            #expect(summary.counts.sent == 200)
            #expect(summary.counts.failed == 100)
            #expect(summary.possibleDuplicates >= 100)
            let failures = try await workplace.journal.failures(FailureQuery(kinds: [.retryable]), limit: 1000)
            #expect(failures.count == 100)
            #expect(failures.allSatisfy { $0.attempts == 2 && $0.status == "503" })
        }
    }

    @Test("throttled batches wait as long as they are asked to, and arrive once")
    func throttled() async throws {
        let api = FakeBannerAPI { $0.number < 3 ? .throttled(retryAfter: RetryAfter(.milliseconds(200))) : .applied }
        try await withEngine(api, attempts: 1) { workplace in
            let began = ContinuousClock.now
            let summary = try await workplace.deliver(records: 500, batchSize: 100)
            #expect(began.duration(to: .now) >= .milliseconds(200))
            #expect(summary.counts.sent == 500)
            #expect(api.ledger.duplicates == 0)
        }
    }

    @Test(
        "an API that refuses everything stops the run after few requests, and nothing has failed but three records",
        arguments: [1, 2, 16])
    func refusesEverything(concurrency: Int) async throws {
        let api = FakeBannerAPI { _ in .refused(status: 400, answer: "") }
        try await withEngine(api, concurrency: concurrency) { workplace in
            let summary = try await workplace.deliver(records: 100_000)
            guard case .failed(let reason) = summary.state else {
                Issue.record("\(summary.state)")
                return
            }
            #expect(reason.contains("refuses every"))
            // Eight that make it suspicious, those that were under way, two more whole batches, and the halves of one
            // down to three single records.
            #expect(summary.requests < 60)
            #expect(summary.counts.failed < 10)
            #expect(summary.counts.sent == 0)

            // It works again: that one more batch is refused first says nothing.
            let before = api.ledger.requests.count
            api.setRule { $0.number == before ? .refused(status: 400, answer: "") : .applied }
            try await workplace.engine.resume(summary.id)
            let resumed = try await workplace.engine.finished(summary.id)
            #expect(resumed.state == .done)
            #expect(resumed.counts.read == 100_000)
            #expect(resumed.counts.sent == 100_000 - resumed.counts.failed)
            #expect(api.ledger.duplicates == 0)
            #expect(api.ledger.cookies.count == resumed.counts.sent)
        }
    }

    @Test("an answer that means a fault of the configuration stops the run, whatever else is in flight")
    func misconfigured() async throws {
        let api = FakeBannerAPI {
            $0.number == 3
                ? .misconfigured(status: 403, message: "no access") : $0.number < 3 ? .applied : .tokenRefused
        }
        try await withEngine(api) { workplace in
            let summary = try await workplace.deliver(records: 10_000, batchSize: 100)
            #expect(summary.state == .failed(reason: "no access"))
            #expect(summary.counts.failed == 0)
            #expect(summary.counts.sent == api.ledger.cookies.count)

            api.setRule { _ in .applied }
            try await workplace.engine.resume(summary.id)
            let resumed = try await workplace.engine.finished(summary.id)
            #expect(resumed.state == .done)
            #expect(resumed.counts.sent == 10_000)
            #expect(api.ledger.duplicates == 0)
        }
    }
}

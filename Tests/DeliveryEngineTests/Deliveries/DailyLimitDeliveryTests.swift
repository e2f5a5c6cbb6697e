import DeliveryModel
import Foundation
import Testing

@testable import DeliveryEngine

@Suite("Runs wait when as many records were sent in a day as the operator wants")
struct DailyLimitDeliveryTests {
    @Test("exactly so many are sent, the rest waits and says until when, and a restart changes nothing")
    func exact() async throws {
        let folder = try TemporaryFolder()
        let api = FakeBannerAPI()
        let run = try await withEngine(api, in: folder, giveUpAfter: .milliseconds(200), dailyLimit: 2500) {
            workplace in
            let run = try await workplace.start(records: 4000)
            await workplace.until(run) { $0.state.reason != nil }
            let snapshot = workplace.engine.snapshot()
            #expect(snapshot.run(run)?.state.reason == "daily limit reached, 2,500 of 2,500, until midnight")
            #expect(snapshot.holds.map(\.kind) == [.dailyLimit])
            #expect(snapshot.deliveryFault == nil)
            #expect(
                snapshot.run(run)?.summary.retries == 0, "a batch that is cut, so that some of it can leave, is none")
            let midnight = Calendar.current.startOfDay(for: Date().addingTimeInterval(86_400))
            #expect(snapshot.holds.first?.until == midnight)
            // Longer than it would be borne if it counted.
            await workplace.until(run) { $0.summary.seconds > 1 }
            #expect(workplace.engine.snapshot().run(run)?.state.word == "waiting")
            return run
        }
        #expect(api.ledger.requests.reduce(0) { $0 + $1.cookies.count } == 2500)
        try await withEngine(api, in: folder, dailyLimit: 2600) { workplace in
            try await workplace.engine.resume(run)
            await workplace.until(run) { $0.state.reason != nil }
            #expect(
                workplace.engine.snapshot().run(run)?.state.reason
                    == "daily limit reached, 2,600 of 2,600, until midnight")
        }
        // What was sent without a limit counts, too.
        try await withEngine(api, in: folder) { workplace in
            try await workplace.engine.resume(run)
            #expect(try await workplace.engine.finished(run).counts.sent == 4000)
        }
        try await withEngine(api, in: folder, dailyLimit: 4000) { workplace in
            let run = try await workplace.start(records: 1, named: "more.csv")
            await workplace.until(run) { $0.state.reason != nil }
        }
        let sent = api.ledger.requests.flatMap(\.cookies)
        #expect(sent.count == 4000 && Set(sent).count == 4000)
    }

    @Test("what a paused run has ready keeps nobody else from sending")
    func paused() async throws {
        let api = FakeBannerAPI()
        try await withEngine(api, dailyLimit: 100) { workplace in
            let first = try await workplace.start(records: 40)
            #expect(try await workplace.engine.finished(first).counts.sent == 40)
            let second = try await workplace.start(records: 100, batchSize: 10, named: "second.csv")
            await workplace.until(second) { $0.state.reason != nil }
            #expect(workplace.engine.snapshot().run(second)?.summary.counts.sent == 60)
            try await workplace.engine.stop(second, mode: .finishInFlight)
            let summary = try await workplace.engine.finished(second)
            #expect(summary.counts.sent == 60 && summary.possibleDuplicates == 0)
        }
    }
}

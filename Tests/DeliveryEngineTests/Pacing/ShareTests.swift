import CustomerRecords
import DeliveryJournal
import DeliveryModel
import DeliveryStore
import Foundation
import ShowAdsAPI
import StoreTestSupport
import Testing

@testable import DeliveryEngine

@Suite("What a process may use when several divide the limits")
struct ShareTests {
    @Test("a pause that another process was asked for holds the runs, and the operator can end it")
    func paused() async throws {
        let api = FakeBannerAPI()
        try await withEngine(api) { workplace in
            await workplace.engine.throttle(for: .seconds(3600))
            let run = try await workplace.start(records: 10)
            await workplace.until(run) { $0.state.reason?.hasPrefix("the API asked for a pause") == true }
            #expect(api.ledger.requests.isEmpty)
            await workplace.engine.retryNow()
            #expect(try await workplace.engine.finished(run).counts.sent == 10)
        }
    }

    @Test("the hours of all processes hold for the open runs of this one, and stay as they were written here")
    func hours() async throws {
        try await withEngine(FakeBannerAPI()) { workplace in
            let engine = workplace.engine
            let zone = TimeZone.current.identifier
            let hour = Calendar.current.component(.hour, from: Date())
            // Closed now, whatever the time is.
            let window = String(format: "%02d:00-%02d:00", (hour + 2) % 24, (hour + 3) % 24)
            let share = NodeShare(concurrency: 4, rate: nil)
            await engine.use(share, of: ClusterLimits(window: "\(window)@\(zone)"))
            let run = try await workplace.start(records: 10)
            await workplace.until(run) { $0.state.reason?.hasPrefix("waiting for the send window") == true }
            #expect(await engine.limits.window == "\(window)@\(zone)")
            await engine.use(share, of: ClusterLimits())
            #expect(try await engine.finished(run).counts.sent == 10)

            try await engine.setSchedule(SendSchedule(window: window))
            #expect(await engine.limits.window == "\(window)@\(zone)")
            await engine.use(share, of: ClusterLimits(window: "\(window)@\(zone)"))
            #expect(engine.snapshot().schedule.window == window)
        }
    }

    @Test("a process whose share is nothing sends nothing, and begins as soon as it has one")
    func noShare() async throws {
        let api = FakeBannerAPI()
        try await withEngine(api) { workplace in
            await workplace.engine.use(.none, of: ClusterLimits())
            let run = try await workplace.start(records: 10)
            await workplace.until(run) { $0.state.isActive && $0.state != .preparing }
            #expect(api.ledger.requests.isEmpty)
            await workplace.engine.use(NodeShare(concurrency: 1, rate: nil), of: ClusterLimits())
            #expect(try await workplace.engine.finished(run).counts.sent == 10)
        }
    }

    @Test("what a process yields to others comes to its end there, and is opened again only after it was given away")
    func yields() async throws {
        let api = FakeBannerAPI { _ in .misconfigured(status: 403, message: "wrong key") }
        try await withEngine(api) { workplace in
            let engine = workplace.engine
            let run = try await engine.submit(
                RecordFields(name: "Jane Doe", age: "30", cookie: "a", bannerID: "1")
            ).run
            let file = try await workplace.start(records: 10)
            await workplace.until(run) { $0.state.reason == "wrong key" }
            await engine.yieldRuns(because: "others deliver it")
            var yielded: [RunID] = []
            for await _ in engine.snapshots() {
                yielded = await engine.yieldedRuns
                if !yielded.isEmpty { break }
            }
            #expect(yielded == [run])
            #expect(await engine.isActive(file))
            #expect(try await workplace.journal.run(run)?.state == .waiting(reason: "others deliver it", until: nil))
            await #expect { try await engine.resume(run) } throws: { ($0 as? DeliveryError)?.code == .conflict }

            await engine.gaveAway(yielded)
            #expect(await engine.isActive(run) == false)
            api.setRule { _ in .applied }
            await engine.retryNow()
            try await engine.resume(run)
            #expect(try await engine.finished(run).counts.sent == 1)
            #expect(api.ledger.duplicates == 0)
        }
    }

    @Test("what other processes sent today counts for the limit of the day")
    func daily() async throws {
        let api = FakeBannerAPI()
        try await withEngine(api, dailyLimit: 100) { workplace in
            #expect(try await workplace.deliver(records: 10).counts.sent == 10)
            // As another process would.
            var new = Notebook.new()
            new.binding = RunBinding(api: api.host)
            let other = try await workplace.journal.create(new)
            try await workplace.journal.commit([
                .plan(other, Notebook.batch(0, records: 85), rejects: [], rejectsBytes: 0),
                .acknowledge(other, sequence: 0, records: 0..<85, isWhole: true, at: Date()),
            ])
            await workplace.engine.refreshSentToday()
            let run = try await workplace.start(records: 10, named: "more.csv")
            await workplace.until(run) { $0.state.reason != nil }
            #expect(
                workplace.engine.snapshot().run(run)?.state.reason
                    == "daily limit reached, 100 of 100, until midnight")
        }
    }

    @Test("another rate does not forget what has just left")
    func rate() {
        var limit = RecordRateLimit(maximum: 100)
        let start = ContinuousClock.now
        limit.sent(records: 200, now: start)
        limit.change(to: 50, now: start + .seconds(1))
        #expect(limit.opens == start + .seconds(3))
        limit.change(to: 100, now: start + .seconds(2))
        #expect(limit.opens == start + .milliseconds(2500))
        limit.change(to: nil, now: start + .seconds(2))
        #expect(limit.opens == nil)
    }
}

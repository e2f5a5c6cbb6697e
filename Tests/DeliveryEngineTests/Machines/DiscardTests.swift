import DeliveryModel
import Foundation
import Testing

@testable import DeliveryEngine

@Suite("A run that is being discarded")
struct DiscardTests {
    private static let moment = Moment(instant: .now, date: Date(timeIntervalSince1970: 1_764_000_000))
    private static let run = RunID(rawValue: 1)

    @Test("can't be resumed meanwhile, by nobody; when discarding failed, it can")
    func claimed() throws {
        var scheduler = DeliveryScheduler(
            policy: DeliveryPolicy(concurrency: 4, attempts: 5, stopGrace: .seconds(9), isService: true),
            hasAPI: true, seed: 1)
        try scheduler.beginDiscarding(Self.run)

        let isActive = scheduler.isActive(Self.run)
        #expect(isActive)
        let expected = DeliveryError(.conflict, "Run 1 is being discarded.")
        #expect(throws: expected) { try scheduler.claim(Self.run, at: Self.moment) }
        #expect(throws: expected) { try scheduler.beginDiscarding(Self.run) }

        scheduler.discarded(Self.run, nil)
        let claim = try scheduler.claim(Self.run, at: Self.moment)
        #expect(claim == .read)
    }

    @Test("is left alone when somebody resumed it first")
    func resumed() throws {
        var scheduler = DeliveryScheduler(
            policy: DeliveryPolicy(concurrency: 4, attempts: 5, stopGrace: .seconds(9), isService: true),
            hasAPI: true, seed: 1)
        _ = try scheduler.claim(Self.run, at: Self.moment)

        #expect(throws: DeliveryError.self) { try scheduler.beginDiscarding(Self.run) }
    }
}

import DeliveryModel
import Foundation
import Testing

@testable import DeliveryEngine

@Suite("A run that is being discarded")
struct DiscardTests {
    private static let moment = Moment(instant: .now, date: Date(timeIntervalSince1970: 1_764_000_000))
    private static let run = RunID(rawValue: 1)
    private static let refusal = DeliveryError(.conflict, "Run 1 is being discarded.")

    private static func scheduler() -> DeliveryScheduler {
        DeliveryScheduler(
            policy: DeliveryPolicy(concurrency: 4, attempts: 5, stopGrace: .seconds(9), isService: true),
            hasAPI: true, seed: 1)
    }

    @Test("can't be resumed meanwhile, by nobody; when discarding failed, it can")
    func claimed() throws {
        var scheduler = Self.scheduler()
        let isAtRest = try scheduler.beginDiscarding(Self.run, at: Self.moment)
        #expect(isAtRest)

        let isActive = scheduler.isActive(Self.run)
        #expect(isActive)
        #expect(throws: Self.refusal) { try scheduler.claim(Self.run, at: Self.moment) }
        #expect(throws: Self.refusal) { try scheduler.beginDiscarding(Self.run, at: Self.moment) }

        scheduler.discarded(Self.run, nil)
        let claim = try scheduler.claim(Self.run, at: Self.moment)
        #expect(claim == .read)
    }

    @Test("comes to rest first when it is active, also when it can't even be opened")
    func active() throws {
        var scheduler = Self.scheduler()
        _ = try scheduler.claim(Self.run, at: Self.moment)
        let isAtRest = try scheduler.beginDiscarding(Self.run, at: Self.moment)
        #expect(!isAtRest)
        _ = scheduler.takeActions()

        scheduler.handle(
            .openingFailed(Self.run, DeliveryError(.source, "The file is gone.")), at: Self.moment)

        let rests = scheduler.takeActions().contains { if case .rested(Self.run) = $0 { true } else { false } }
        #expect(rests)
    }
}

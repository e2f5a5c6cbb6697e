import DeliveryModel
import ShowAdsAPI
import Testing

@testable import DeliveryEngine

@Suite("Runs that wait for the send window")
struct WindowTurnTests {
    private static let applied = APIResponse(
        .applied, label: "200", duration: .milliseconds(8), phase: .banners)

    /// Answers one request after the other.
    /// - Parameter underWay: the requests without an answer.
    /// - Returns: whose records left.
    private static func send(
        _ count: Int, _ scheduler: inout DeliveryScheduler, _ underWay: inout [WorkUnit.ID]
    ) -> [RunID] {
        var left: [RunID] = []
        while left.count < count {
            let actions = scheduler.takeActions()
            for action in actions {
                switch action {
                case .commit(_, let event): scheduler.handle(event, at: SchedulerFixture.moment)
                case .send(let unit, _):
                    underWay.append(unit)
                    if let run = scheduler.units[unit]?.run { left.append(run) }
                default: break
                }
            }
            guard actions.isEmpty else { continue }
            guard !underWay.isEmpty else { break }
            scheduler.handle(.answered(underWay.removeFirst(), applied), at: SchedulerFixture.moment)
        }
        return left
    }

    @Test("leave the next run its turns when the window opens, however much was sent past it")
    func turns() throws {
        let (waiting, sentPast, next) = (RunID(rawValue: 1), RunID(rawValue: 2), RunID(rawValue: 3))
        let at = SchedulerFixture.moment
        var scheduler = SchedulerFixture.idleScheduler()
        var underWay: [WorkUnit.ID] = []
        SchedulerFixture.open(waiting, records: 40, in: &scheduler)
        // Some of its records are ready when the window closes.
        _ = Self.send(4, &scheduler, &underWay)
        let closed = try #require(SendWindow(argument: "00:00-00:01@UTC"))
        scheduler.setSchedule(window: closed, dailyLimit: nil, at: at)
        SchedulerFixture.open(sentPast, records: 40, in: &scheduler)
        try scheduler.passWindow(sentPast, at: at)
        let past = Self.send(36, &scheduler, &underWay)
        #expect(past.count { $0 == sentPast } >= 32)

        SchedulerFixture.open(next, records: 40, in: &scheduler)
        scheduler.setSchedule(window: nil, dailyLimit: nil, at: at)
        let shared = Self.send(20, &scheduler, &underWay)
        #expect(shared.count { $0 == next } >= 8, "\(shared)")
        #expect(shared.count { $0 == waiting } >= 8, "\(shared)")
    }
}

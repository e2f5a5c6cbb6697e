import CustomerRecords
import DeliveryModel
import Foundation
import Testing

@testable import ConnectorCommands

@Suite("Following runs shows what changed, and no more often than can be read")
struct RunChangesTests {
    private static let start = ContinuousClock.now

    private static func run(_ id: Int64, _ state: RunState, sent: Int = 0) -> RunSnapshot {
        var summary = RunSummary(
            id: RunID(rawValue: id), source: .file(path: "/a.csv"), state: state,
            startedAt: Date(timeIntervalSince1970: 0))
        summary.counts.sent = sent
        return RunSnapshot(summary: summary)
    }

    @Test("what had ended before is not shown; what begins, changes its state or ends is, immediately")
    func states() {
        var changes = RunChanges()
        let old = Self.run(1, .done)
        #expect(changes.next([old, Self.run(2, .running)], at: Self.start).map(\.id.rawValue) == [2])
        #expect(
            changes.next([old, Self.run(2, .running), Self.run(3, .preparing)], at: Self.start).map(\.id.rawValue) == [
                3
            ])
        let last = [old, Self.run(2, .done), Self.run(3, .running), Self.run(4, .done)]
        #expect(
            changes.next(last, at: Self.start).map(\.id.rawValue) == [2, 3, 4], "a short run may have ended already")
        #expect(changes.next(last, at: Self.start).isEmpty)
    }

    @Test("a run that continues is shown once a second")
    func progress() {
        var changes = RunChanges()
        #expect(changes.next([Self.run(1, .running)], at: Self.start).count == 1)
        #expect(changes.next([Self.run(1, .running, sent: 5)], at: Self.start + .milliseconds(900)).isEmpty)
        #expect(
            changes.next([Self.run(1, .running, sent: 6)], at: Self.start + .seconds(1)).first?.summary.counts.sent == 6
        )
        #expect(changes.next([Self.run(1, .running, sent: 6)], at: Self.start + .seconds(3)).isEmpty)
    }
}

import Testing

@testable import SharedJournal

@Suite("When a node has expired")
struct LeaseWatchTests {
    private let start = ContinuousClock.now
    private func beat(_ heartbeat: Int64) -> [LeaseWatch.Beat] {
        [LeaseWatch.Beat(node: "other", heartbeat: heartbeat, lease: .seconds(15))]
    }

    /// Looks once a second.
    private func look(
        _ watch: inout LeaseWatch, seconds: ClosedRange<Int>, heartbeat: (Int) -> Int64 = { _ in 1 },
        isFresh: (Int) -> Bool = { _ in true }
    ) -> Int? {
        for second in seconds {
            let now = start.advanced(by: .seconds(second))
            if !watch.look(at: beat(heartbeat(second)), now: now, isFresh: isFresh(second)).isEmpty { return second }
        }
        return nil
    }

    @Test("a heartbeat that stands still for a whole lease is an expired node")
    func expires() {
        var watch = LeaseWatch()
        #expect(look(&watch, seconds: 0...60) == 15)
    }

    @Test("a heartbeat that moves, however slowly within its lease, is a living node")
    func lives() {
        var watch = LeaseWatch()
        #expect(look(&watch, seconds: 0...200, heartbeat: { Int64($0 / 14) }) == nil)
    }

    @Test("who could not renew its own lease begins to watch from the start")
    func ownGap() {
        var watch = LeaseWatch()
        #expect(look(&watch, seconds: 0...60, isFresh: { $0 != 10 }) == 25)
    }

    @Test("who did not look for a while, as a machine that slept, begins to watch from the start")
    func slept() {
        var watch = LeaseWatch()
        #expect(look(&watch, seconds: 0...10) == nil)
        #expect(look(&watch, seconds: 100...160) == 115)
    }

    @Test("requests leave within four fifths of the lease after a renewal was sent, and of a member only")
    func fresh() {
        let membership = Membership()
        #expect(!membership.isFresh(.seconds(10), at: start))
        membership.joined(membership.id, sentAt: start)
        #expect(membership.isFresh(.seconds(10), at: start.advanced(by: .seconds(7))))
        #expect(!membership.isFresh(.seconds(10), at: start.advanced(by: .seconds(8))))
        let former = membership.id
        membership.lost(former)
        #expect(!membership.isFresh(.seconds(10), at: start))
        membership.joined(former, sentAt: start)
        #expect(!membership.isMember)
    }
}

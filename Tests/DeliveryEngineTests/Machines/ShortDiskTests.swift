import CustomerRecords
import DeliveryModel
import DeliveryStore
import Testing

@testable import DeliveryEngine

@Suite("A disk with too little room")
struct ShortDiskTests {
    private static func open(_ run: RunID, in scheduler: inout DeliveryScheduler, ownsFile: Bool) {
        let at = SchedulerFixture.moment
        scheduler.enqueue([RunQueue.Entry(OpenedRun(run, new).summary)], at: at)
        scheduler.handle(.opened(OpenedRun(run, new, ownsFile: ownsFile)), at: at)
        scheduler.handle(.readerOpened(run), at: at)
    }

    private static func hasRoom(_ run: RunID, _ scheduler: borrowing DeliveryScheduler) -> Bool {
        scheduler.runs[run].map { scheduler.hasRoom($0) } ?? false
    }

    @Test("reads on one accepted source at a time, which gives its room back, and no other")
    func draining() {
        let (local, first, second) = (RunID(rawValue: 1), RunID(rawValue: 2), RunID(rawValue: 3))
        let at = SchedulerFixture.moment
        var scheduler = SchedulerFixture.idleScheduler()
        for run in [local, first, second] {
            Self.open(run, in: &scheduler, ownsFile: run != local)
        }
        func rooms(_ scheduler: borrowing DeliveryScheduler) -> [Bool] {
            [local, first, second].map { Self.hasRoom($0, scheduler) }
        }
        var now = rooms(scheduler)
        #expect(now == [true, true, true])
        scheduler.knowShortage(DeliveryError(.busy, "The disk has little room."), at: at)
        now = rooms(scheduler)
        #expect(now == [false, true, false])
        scheduler.handle(.readerEnded(first, sourceEnded: true), at: at)
        now = rooms(scheduler)
        #expect(now[2], "the next one's turn")
        scheduler.knowShortage(nil, at: at)
        now = rooms(scheduler)
        #expect(now[0] && now[2])
    }

    private static var new: NewRun {
        NewRun(
            source: .upload(name: "upload"), options: ReaderOptions(batchSize: 1),
            startedAt: SchedulerFixture.moment.date, binding: RunBinding(api: nil))
    }
}

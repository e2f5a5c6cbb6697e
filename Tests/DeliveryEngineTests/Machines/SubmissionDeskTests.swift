import CustomerRecords
import DeliveryModel
import Testing

@testable import DeliveryEngine

@Suite("The desk for single records")
struct SubmissionDeskTests {
    private static let start = ContinuousClock.now
    private static let run = RunID(rawValue: 7)

    private static func submission(_ id: Int, _ client: String = "a") -> Submission {
        let origin = SubmissionOrigin(submittedBy: client)
        var submission = SimulatedBatches.submission(id, identity: id)
        submission = Submission(
            id: id, customer: submission.customer,
            submission: SingleSubmission(submission.submission.fields, from: origin))
        return submission
    }

    /// Brings a record in and into a batch, and its run to its end.
    private static func deliver(_ id: Int, at now: ContinuousClock.Instant, _ desk: inout SubmissionDesk) throws {
        guard case .store(_, let run, _) = desk.arrive(submission(id), now: now) else {
            throw DeliveryError(.conflict, "the run is not open")
        }
        _ = desk.stored(id, now: now)
        let result1 = desk.nextBatch(of: run, limit: 1000)?.count
        #expect(result1 == 1)
        let later = now + SubmissionDesk.idleTime
        let result2 = desk.close(run, isSettled: false, now: later)
        #expect(result2 == nil)
        let result3 = desk.close(run, isSettled: true, now: later)
        #expect(result3 == .complete)
        let result4 = desk.ended(run, isDone: true, now: later).next
        #expect(result4 == nil)
    }

    private static func extended(_ arrival: SubmissionDesk.Arrival) -> RunID? {
        if case .open(_, let run) = arrival { run } else { nil }
    }

    @Test("a run that is done is opened again for an hour, and told of as ended once")
    func extending() throws {
        var desk = SubmissionDesk()
        let origin = SubmissionOrigin(submittedBy: "a")
        let result5 = Self.extended(desk.arrive(Self.submission(1), now: Self.start))
        #expect(result5 == nil)
        _ = desk.opened(Self.run, for: origin, position: 0, now: Self.start)
        desk.notStored(1)
        try Self.deliver(2, at: Self.start, &desk)
        #expect(desk.mayExtend(Self.run))
        let soon = Self.start + .seconds(1800)
        let result6 = Self.extended(desk.arrive(Self.submission(3), now: soon))
        #expect(result6 == Self.run)
        let result7 = desk.opened(Self.run, for: origin, position: 1, now: soon).count
        #expect(result7 == 1)
        desk.notStored(3)
        try Self.deliver(4, at: soon, &desk)
        desk.sealOld(now: soon)
        let result8 = desk.takeSealed()
        #expect(result8.isEmpty)
        let late = Self.start + .seconds(3601)
        #expect(desk.sealsNext.map { $0 <= late } == true)
        desk.sealOld(now: late)
        let result9 = desk.takeSealed()
        #expect(result9 == [Self.run])
        #expect(!desk.mayExtend(Self.run))
        let result10 = Self.extended(desk.arrive(Self.submission(5), now: late))
        #expect(result10 == nil)
    }

    @Test("a run that did not end as done takes no more records")
    func notDone() {
        var desk = SubmissionDesk()
        _ = desk.arrive(Self.submission(1), now: Self.start)
        _ = desk.opened(Self.run, for: SubmissionOrigin(submittedBy: "a"), position: 0, now: Self.start)
        let result11 = desk.cut(Self.run)
        #expect(!result11)
        let result12 = desk.ended(Self.run, isDone: false, now: Self.start).next
        #expect(result12 == nil)
        let result13 = Self.extended(desk.arrive(Self.submission(2), now: Self.start))
        #expect(result13 == nil)
    }

    @Test("what arrives while a full run is emptied goes into the next one")
    func full() {
        var desk = SubmissionDesk()
        desk.largestRun = 2
        let origin = SubmissionOrigin(submittedBy: "a")
        for id in 1...3 { _ = desk.arrive(Self.submission(id), now: Self.start) }
        let arrivals = desk.opened(Self.run, for: origin, position: 0, now: Self.start)
        #expect(arrivals.count == 3)
        #expect(arrivals.last.map { Self.extended($0) == nil } == true)
        for id in 1...2 { _ = desk.stored(id, now: Self.start) }
        let result14 = desk.nextBatch(of: Self.run, limit: 10)?.count
        #expect(result14 == 2)
        let result15 = desk.close(Self.run, isSettled: false, now: Self.start)
        #expect(result15 == .complete)
        let result16 = desk.opened(RunID(rawValue: 8), for: origin, position: 0, now: Self.start).count
        #expect(result16 == 1)
    }

    @Test("records beyond the bound of memory are left to the store")
    func spilling() {
        var desk = SubmissionDesk()
        desk.mostInMemory = 2
        desk.largestRun = 4
        _ = desk.arrive(Self.submission(1), now: Self.start)
        _ = desk.opened(Self.run, for: SubmissionOrigin(submittedBy: "a"), position: 0, now: Self.start)
        _ = desk.stored(1, now: Self.start)
        for id in 2...4 {
            _ = desk.arrive(Self.submission(id), now: Self.start)
            _ = desk.stored(id, now: Self.start)
        }
        let result17 = desk.close(Self.run, isSettled: false, now: Self.start)
        #expect(result17 == nil)
        let result18 = desk.nextBatch(of: Self.run, limit: 10)?.count
        #expect(result18 == 2)
        let result19 = desk.nextBatch(of: Self.run, limit: 10)
        #expect(result19 == nil)
        let result20 = desk.close(Self.run, isSettled: false, now: Self.start)
        #expect(result20 == .stored(from: 2))
    }
}

import CustomerRecords
import DeliveryModel
import Testing

@testable import DeliveryEngine

@Suite("The batcher for single records")
struct SubmissionBatcherTests {
    private static let start = ContinuousClock.now
    private static let run = RunID(rawValue: 7)

    private static func submission(_ id: Int, _ client: String = "a") -> SubmittedRecord {
        let origin = SubmissionOrigin(submittedBy: client)
        var submission = SimulatedBatches.submission(id, identity: id)
        submission = SubmittedRecord(
            id: id, customer: submission.customer,
            request: SingleSubmission(submission.request.fields, from: origin))
        return submission
    }

    /// Brings a record of the run that is stored into a batch, and the run to its end.
    private static func deliver(_ id: Int, at now: ContinuousClock.Instant, _ batcher: inout SubmissionBatcher) {
        _ = batcher.stored(id, now: now)
        let batch = batcher.nextBatch(of: run, limit: 1000)
        #expect(batch?.count == 1)
        let later = now + SubmissionBatcher.idleTime
        let early = batcher.close(run, isSettled: false, now: later)
        #expect(early == nil, "something of it is on its way")
        let closing = batcher.close(run, isSettled: true, now: later)
        #expect(closing == .complete)
        let isNobodyWaiting = batcher.ended(run, isDone: true, now: later).next == nil
        #expect(isNobodyWaiting)
    }

    private static func extended(_ action: SubmissionBatcher.Action) -> RunID? {
        if case .open(_, let run) = action { run } else { nil }
    }

    @Test("a run that is done is opened again for an hour, and told of as ended once")
    func extending() {
        var batcher = SubmissionBatcher()
        let origin = SubmissionOrigin(submittedBy: "a")
        let first = Self.extended(batcher.arrive(Self.submission(1), now: Self.start))
        #expect(first == nil)
        _ = batcher.opened(Self.run, for: origin, position: 0, now: Self.start)
        Self.deliver(1, at: Self.start, &batcher)
        #expect(batcher.mayExtend(Self.run))
        let soon = Self.start + .seconds(1800)
        let second = Self.extended(batcher.arrive(Self.submission(2), now: soon))
        #expect(second == Self.run)
        _ = batcher.opened(Self.run, for: origin, position: 1, now: soon)
        Self.deliver(2, at: soon, &batcher)
        batcher.sealOld(now: soon)
        let early = batcher.takeSealed()
        #expect(early.isEmpty)
        let late = Self.start + .seconds(3601)
        #expect(batcher.sealsAt.map { $0 <= late } == true)
        batcher.sealOld(now: late)
        let sealed = batcher.takeSealed()
        #expect(sealed == [Self.run])
        #expect(!batcher.mayExtend(Self.run))
        let third = Self.extended(batcher.arrive(Self.submission(3), now: late))
        #expect(third == nil)
    }

    @Test("a run that did not end as done takes no more records")
    func notDone() {
        var batcher = SubmissionBatcher()
        _ = batcher.arrive(Self.submission(1), now: Self.start)
        _ = batcher.opened(Self.run, for: SubmissionOrigin(submittedBy: "a"), position: 0, now: Self.start)
        let wasComplete = batcher.cut(Self.run)
        #expect(!wasComplete)
        let isNothingOpened = batcher.ended(Self.run, isDone: false, now: Self.start).next == nil
        #expect(isNothingOpened)
        let extended = Self.extended(batcher.arrive(Self.submission(2), now: Self.start))
        #expect(extended == nil)
    }

    @Test("what arrives while a full run is emptied goes into the next one")
    func full() {
        var batcher = SubmissionBatcher()
        batcher.largestRun = 2
        let origin = SubmissionOrigin(submittedBy: "a")
        for id in 1...3 { _ = batcher.arrive(Self.submission(id), now: Self.start) }
        let actions = batcher.opened(Self.run, for: origin, position: 0, now: Self.start)
        #expect(actions.count == 3)
        #expect(actions.last.map { Self.extended($0) == nil } == true)
        for id in 1...2 { _ = batcher.stored(id, now: Self.start) }
        let count = batcher.nextBatch(of: Self.run, limit: 10)?.count
        #expect(count == 2)
        let closing = batcher.close(Self.run, isSettled: false, now: Self.start)
        #expect(closing == .complete)
        let taken = batcher.opened(RunID(rawValue: 8), for: origin, position: 0, now: Self.start).count
        #expect(taken == 1)
    }

    @Test("records beyond the bound of memory are left to the store")
    func spilling() {
        var batcher = SubmissionBatcher()
        batcher.maximumInMemory = 2
        batcher.largestRun = 4
        _ = batcher.arrive(Self.submission(1), now: Self.start)
        _ = batcher.opened(Self.run, for: SubmissionOrigin(submittedBy: "a"), position: 0, now: Self.start)
        _ = batcher.stored(1, now: Self.start)
        for id in 2...4 {
            _ = batcher.arrive(Self.submission(id), now: Self.start)
            _ = batcher.stored(id, now: Self.start)
        }
        let early = batcher.close(Self.run, isSettled: false, now: Self.start)
        #expect(early == nil)
        let count = batcher.nextBatch(of: Self.run, limit: 10)?.count
        #expect(count == 2)
        let isOver = batcher.nextBatch(of: Self.run, limit: 10) == nil
        #expect(isOver)
        let closing = batcher.close(Self.run, isSettled: false, now: Self.start)
        #expect(closing == .stored(from: 2))
    }
}

import CustomerRecords
import DeliveryModel
import DeliveryStore
import Testing

@testable import DeliveryEngine

@Suite("An upload whose reader fails")
struct ParkedRunTests {
    private static let run = SchedulerFixture.run
    private static let at = SchedulerFixture.moment

    private struct Outcome {
        var final: RunState
        /// As which it waits; `nil` when the process does not continue with it by itself.
        var entry: RunQueue.Entry?
        var isOpenedAgain: Bool
    }

    /// What becomes of an upload whose reader fails while it is being read.
    private static func outcome(of error: DeliveryError, isPaused: Bool = false) throws -> Outcome {
        var scheduler = SchedulerFixture.idleScheduler()
        let new = NewRun(
            source: .upload(name: "upload"), options: ReaderOptions(), startedAt: at.date, binding: RunBinding(api: nil)
        )
        scheduler.enqueue([RunQueue.Entry(OpenedRun(run, new).summary)], at: at)
        scheduler.handle(.opened(OpenedRun(run, new)), at: at)
        scheduler.handle(.readerOpened(run), at: at)
        if isPaused { try scheduler.pause(run, at: at) }
        scheduler.handle(.readerFailed(run, error), at: at)
        let end = try #require(SchedulerFixture.carryOut(&scheduler).end)
        var summary = end.summary
        summary.state = end.final
        scheduler.handle(.runEnded(run, summary), at: at)
        let isOpenedAgain = scheduler.takeActions().contains { if case .open = $0 { true } else { false } }
        return Outcome(final: end.final, entry: scheduler.queue[run], isOpenedAgain: isOpenedAgain)
    }

    @Test(
        "waits a while before it is read again when the fault says nothing of the upload",
        arguments: [DeliveryError.Code.busy, .journal])
    func waits(code: DeliveryError.Code) throws {
        let outcome = try Self.outcome(of: DeliveryError(code, "Too many open files"))
        #expect(outcome.entry?.reason == "Too many open files" && !outcome.isOpenedAgain)
        #expect(try #require(outcome.entry?.notBefore) > Self.at.instant)
    }

    @Test("stays paused when an operator has it so")
    func paused() throws {
        let outcome = try Self.outcome(of: DeliveryError(.busy, "Input/output error"), isPaused: true)
        #expect(outcome.entry?.isPaused == true && !outcome.isOpenedAgain)
    }

    @Test("ends for good when the upload itself can't be read")
    func failed() throws {
        let outcome = try Self.outcome(of: DeliveryError(.source, "no such file"))
        #expect(outcome.final == .failed(reason: "no such file") && outcome.entry == nil)
    }
}

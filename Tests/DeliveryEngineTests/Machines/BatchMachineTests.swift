import DeliveryModel
import ShowAdsAPI
import TestSupport
import Testing

@testable import DeliveryEngine

@Suite("A batch has one way through life")
struct BatchMachineTests {
    typealias Machine = BatchMachine

    private static func inFlight(_ records: Range<Int> = 0..<1000, attempts: Int = 5) -> Machine {
        var machine = Machine(records: records, isWhole: true, maximumAttempts: attempts)
        _ = machine.handle(.intentBegan)
        _ = machine.handle(.intentCommitted)
        _ = machine.handle(.sent)
        return machine
    }

    /// The next attempt of a batch that backs off.
    private static func sendAgain(_ machine: inout Machine) {
        if machine.handle(.backoffEnded) == .count { _ = machine.handle(.counted) }
        _ = machine.handle(.sent)
    }

    private static func isImpossible(_ action: Machine.Action) -> Bool {
        if case .impossible = action { true } else { false }
    }

    @Test("a record that the API answers with errors for too long fails, a batch of several continues in halves")
    func givenUp() {
        for (count, action) in [
            (
                1,
                Machine.Action.fail(
                    .retryable, status: "500", message: "1 attempt: API error 500 from the API",
                    mayHaveBeenApplied: true)
            ), (4, .split(at: 2, mayHaveBeenApplied: true)),
        ] {
            var machine = Machine(records: 0..<count, isWhole: true, maximumAttempts: 5, state: .ready)
            _ = machine.handle(.sent)
            #expect(machine.handle(.gaveUp(.status(500))) == action)
        }
    }

    private static func transient(_ fault: APIOutcome.Fault, applied: Bool, isCharged: Bool = true) -> Machine.Event {
        .answered(.transient(fault, mayHaveBeenApplied: applied), isCharged: isCharged)
    }

    @Test("it leaves only after its intent is durable")
    func intentFirst() {
        var machine = Machine(records: 0..<10, isWhole: true, maximumAttempts: 5)
        #expect(Self.isImpossible(machine.handle(.sent)))
        #expect(machine.state == .planned)
        _ = machine.handle(.intentBegan)
        #expect(Self.isImpossible(machine.handle(.sent)))
        _ = machine.handle(.intentCommitted)
        #expect(machine.state == .ready)
        _ = machine.handle(.sent)
        #expect(machine.state == .inFlight)
    }

    @Test("an applied batch is acknowledged, whatever answers came before")
    func acknowledged() {
        var machine = Self.inFlight()
        _ = machine.handle(Self.transient(.status(500), applied: true))
        Self.sendAgain(&machine)
        #expect(machine.handle(.answered(.applied, isCharged: true)) == .acknowledge)
        #expect(machine.state == .acknowledged)
        #expect(machine.attempts == 2)
    }

    @Test("whatever happens to what has its end is a defect that is named")
    func ended() {
        var machine = Self.inFlight(4..<5)
        _ = machine.handle(.answered(.applied, isCharged: true))
        let end = machine
        for event: Machine.Event in [
            .intentBegan, .intentCommitted, .sent, .backoffEnded, .counted, .withdraw,
            .answered(.applied, isCharged: true),
            Self.transient(.timeout, applied: true),
        ] {
            #expect(Self.isImpossible(machine.handle(event)))
            #expect(machine == end)
        }
    }

    @Test("refused records are halved until one stands alone, and that one has failed for good")
    func bisection() {
        var requests = 0
        var failed: [Int] = []
        var waiting = [Self.inFlight(0..<1000)]
        while var machine = waiting.popLast() {
            requests += 1
            let isRefused = machine.records.contains(617)
            switch machine.handle(.answered(isRefused ? .refused(status: 400, answer: "") : .applied, isCharged: true))
            {
            case .split(let middle, mayHaveBeenApplied: false):
                for part in [machine.records.lowerBound..<middle, middle..<machine.records.upperBound] {
                    #expect(!part.isEmpty)
                    var half = Machine(records: part, isWhole: false, maximumAttempts: 5, state: .ready)
                    _ = half.handle(.sent)
                    waiting.append(half)
                }
            case .fail(let kind, let status, _, let mayHaveBeenApplied):
                #expect(kind == .permanent)
                #expect(status == "400")
                #expect(!mayHaveBeenApplied)
                failed.append(machine.records.lowerBound)
            default: break
            }
        }
        #expect(failed == [617])
        #expect(requests <= 21)
    }

    @Test("after its attempts it has failed, and a retry may help", arguments: 1...5)
    func attempts(_ maximum: Int) {
        var machine = Self.inFlight(attempts: maximum)
        for _ in 1..<maximum {
            _ = machine.handle(Self.transient(.status(503), applied: true))
            #expect(machine.state == .backingOff(mayHaveBeenApplied: true))
            Self.sendAgain(&machine)
        }
        let action = machine.handle(Self.transient(.status(503), applied: true))
        let message =
            maximum == 1
            ? "1 attempt: API error 503 from the API" : "\(maximum) attempts, the last: API error 503 from the API"
        #expect(action == .fail(.retryable, status: "503", message: message, mayHaveBeenApplied: true))
        #expect(machine.state == .failing)
        _ = machine.handle(.failureCommitted)
        #expect(machine.state == .failed)
    }

    @Test("each fault in a row lengthens the pause, and tells whether records may have arrived")
    func backoff() {
        var machine = Self.inFlight()
        for (attempt, applied) in [true, false, true].enumerated() {
            #expect(
                machine.handle(Self.transient(.reset, applied: applied))
                    == .backOff(.transient, attempt: attempt + 1, retryAfter: nil))
            Self.sendAgain(&machine)
        }
    }

    @Test("a request that never reached the API costs no attempt", arguments: [APIOutcome.Fault.connect, .dns, .tls])
    func unreached(_ fault: APIOutcome.Fault) {
        var machine = Self.inFlight(attempts: 1)
        for _ in 0..<50 {
            _ = machine.handle(Self.transient(fault, applied: false))
            Self.sendAgain(&machine)
        }
        #expect(machine.state == .inFlight)
        #expect(machine.attempts == 0)
    }

    @Test("a probe of the open breaker costs no attempt")
    func uncharged() {
        var machine = Self.inFlight(attempts: 1)
        _ = machine.handle(Self.transient(.status(500), applied: true, isCharged: false))
        #expect(machine.state == .backingOff(mayHaveBeenApplied: true))
        #expect(machine.attempts == 0)
    }

    @Test("throttling and a refused token cost no attempt")
    func asked() {
        var machine = Self.inFlight(attempts: 1)
        for _ in 0..<50 {
            #expect(
                machine.handle(.answered(.throttled(retryAfter: RetryAfter(.seconds(3))), isCharged: true))
                    == .backOff(.throttled, attempt: 1, retryAfter: .seconds(3)))
            Self.sendAgain(&machine)
            #expect(machine.handle(.answered(.tokenRefused, isCharged: true)) == .sendAgain)
            #expect(machine.state == .ready)
            _ = machine.handle(.sent)
        }
        #expect(machine.attempts == 0)
    }

    @Test("a fault of the configuration keeps the records")
    func misconfigured() {
        var machine = Self.inFlight()
        #expect(
            machine.handle(.answered(.misconfigured(status: 403, message: "no access"), isCharged: true))
                == .misconfigured(message: "no access"))
        _ = machine.handle(.withdraw)
        #expect(machine.state == .withdrawn)
    }

    @Test("what is in flight can't be withdrawn, what waits can")
    func withdrawal() {
        var flying = Self.inFlight()
        #expect(Self.isImpossible(flying.handle(.withdraw)))
        #expect(flying.state == .inFlight)
        var planned = Machine(records: 0..<1, isWhole: true, maximumAttempts: 5)
        _ = planned.handle(.withdraw)
        #expect(planned.state == .withdrawn)
        var waiting = Self.inFlight()
        _ = waiting.handle(Self.transient(.reset, applied: true))
        _ = waiting.handle(.withdraw)
        #expect(waiting.state == .withdrawn)
    }

    @Test("what took too long is sent again in halves, down to single records")
    func timedOut() {
        var machine = Self.inFlight(0..<1000, attempts: 1)
        #expect(
            machine.handle(Self.transient(.timeout, applied: true)) == .split(at: 500, mayHaveBeenApplied: true))
        var alone = Self.inFlight(7..<8, attempts: 2)
        _ = alone.handle(Self.transient(.timeout, applied: true))
        #expect(alone.state == .backingOff(mayHaveBeenApplied: true))
    }

    @Test("a repeat of what may have been applied is counted first")
    func countedFirst() {
        var machine = Self.inFlight()
        _ = machine.handle(Self.transient(.status(500), applied: true))
        #expect(machine.handle(.backoffEnded) == .count)
        #expect(Self.isImpossible(machine.handle(.sent)))
        _ = machine.handle(.counted)
        #expect(machine.state == .ready)
        _ = machine.handle(.sent)
        _ = machine.handle(Self.transient(.connect, applied: false))
        #expect(machine.handle(.backoffEnded) == .nothing)
        #expect(machine.state == .ready)
    }
}

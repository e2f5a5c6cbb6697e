import DeliveryModel
import ShowAdsAPI
import Testing

@testable import DeliveryEngine

@Suite("A batch has one way through life")
struct BatchMachineTests {
    typealias Machine = BatchMachine

    private static func inFlight(_ records: Range<Int> = 0..<1000, attempts: Int = 5) -> Machine {
        var machine = Machine(records: records, isWhole: true, maximumAttempts: attempts)
        _ = machine.handle(.intentCommitted)
        _ = machine.handle(.sent)
        return machine
    }

    private static func transient(_ fault: Outcome.Fault, applied: Bool, isCharged: Bool = true) -> Machine.Event {
        .answered(.transient(fault, mayHaveBeenApplied: applied), isCharged: isCharged)
    }

    @Test("it leaves only after its intent is durable")
    func intentFirst() {
        var machine = Machine(records: 0..<10, isWhole: true, maximumAttempts: 5)
        #expect(machine.handle(.sent) == .nothing)
        #expect(machine.state == .planned)
        _ = machine.handle(.intentCommitted)
        #expect(machine.state == .ready)
        _ = machine.handle(.sent)
        #expect(machine.state == .inFlight)
    }

    @Test("an applied batch is acknowledged, whatever answers came before")
    func acknowledged() {
        var machine = Self.inFlight()
        _ = machine.handle(Self.transient(.status(500), applied: true))
        _ = machine.handle(.backoffEnded)
        _ = machine.handle(.sent)
        #expect(machine.handle(.answered(.applied, isCharged: true)) == .acknowledge)
        #expect(machine.state == .acknowledged)
        #expect(machine.attempts == 2)
    }

    @Test("what has its end does not move any more", arguments: [Outcome.applied, .refused(status: 400, answer: "")])
    func ended(_ outcome: Outcome) {
        var machine = Self.inFlight(4..<5)
        _ = machine.handle(.answered(outcome, isCharged: true))
        let end = machine
        for event: Machine.Event in [
            .intentCommitted, .sent, .backoffEnded, .withdraw, .answered(.applied, isCharged: true),
            Self.transient(.timeout, applied: true),
        ] {
            #expect(machine.handle(event) == .nothing)
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
            case .split(let middle):
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
            #expect(machine.state == .backingOff)
            _ = machine.handle(.backoffEnded)
            _ = machine.handle(.sent)
        }
        let action = machine.handle(Self.transient(.status(503), applied: true))
        let message = maximum == 1 ? "1 attempt: 503" : "\(maximum) attempts, the last: 503"
        #expect(action == .fail(.retryable, status: "503", message: message, mayHaveBeenApplied: true))
        #expect(machine.state == .failed)
    }

    @Test("each fault in a row lengthens the pause, and tells whether records may have arrived")
    func backoff() {
        var machine = Self.inFlight()
        for (attempt, applied) in [true, false, true].enumerated() {
            #expect(
                machine.handle(Self.transient(.reset, applied: applied))
                    == .backOff(.transient, attempt: attempt + 1, retryAfter: nil, mayHaveBeenApplied: applied))
            _ = machine.handle(.backoffEnded)
            _ = machine.handle(.sent)
        }
    }

    @Test("a request that never reached the API costs no attempt", arguments: [Outcome.Fault.connect, .dns, .tls])
    func unreached(_ fault: Outcome.Fault) {
        var machine = Self.inFlight(attempts: 1)
        for _ in 0..<50 {
            _ = machine.handle(Self.transient(fault, applied: false))
            _ = machine.handle(.backoffEnded)
            _ = machine.handle(.sent)
        }
        #expect(machine.state == .inFlight)
        #expect(machine.attempts == 0)
    }

    @Test("a probe of the open breaker costs no attempt")
    func uncharged() {
        var machine = Self.inFlight(attempts: 1)
        _ = machine.handle(Self.transient(.status(500), applied: true, isCharged: false))
        #expect(machine.state == .backingOff)
        #expect(machine.attempts == 0)
    }

    @Test("throttling and a refused token cost no attempt")
    func asked() {
        var machine = Self.inFlight(attempts: 1)
        for _ in 0..<50 {
            #expect(
                machine.handle(.answered(.throttled(retryAfter: .seconds(3)), isCharged: true))
                    == .backOff(.throttled, attempt: 1, retryAfter: .seconds(3), mayHaveBeenApplied: false))
            _ = machine.handle(.backoffEnded)
            _ = machine.handle(.sent)
            #expect(machine.handle(.answered(.tokenRefused, isCharged: true)) == .sendAgain)
            #expect(machine.state == .ready)
            _ = machine.handle(.sent)
        }
        #expect(machine.attempts == 0)
    }

    @Test("a fault of the configuration stops the run and keeps the records")
    func misconfigured() {
        var machine = Self.inFlight()
        #expect(
            machine.handle(.answered(.misconfigured(status: 403, message: "no access"), isCharged: true))
                == .stopRun(reason: "no access"))
        _ = machine.handle(.withdraw)
        #expect(machine.state == .withdrawn)
    }

    @Test("what is in flight can't be withdrawn, what waits can")
    func withdrawal() {
        var flying = Self.inFlight()
        _ = flying.handle(.withdraw)
        #expect(flying.state == .inFlight)
        var planned = Machine(records: 0..<1, isWhole: true, maximumAttempts: 5)
        _ = planned.handle(.withdraw)
        #expect(planned.state == .withdrawn)
        var waiting = Self.inFlight()
        _ = waiting.handle(Self.transient(.timeout, applied: true))
        _ = waiting.handle(.withdraw)
        #expect(waiting.state == .withdrawn)
    }
}

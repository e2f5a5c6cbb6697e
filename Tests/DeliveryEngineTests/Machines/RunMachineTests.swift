import DeliveryModel
import Foundation
import Testing

@testable import DeliveryEngine

@Suite("A run's state follows from what has happened")
struct RunMachineTests {
    private func machine(_ events: RunMachine.Event...) -> RunMachine {
        var machine = RunMachine()
        for event in events { machine.handle(event) }
        return machine
    }

    @Test("it prepares, runs, finishes and is done")
    func way() {
        var machine = RunMachine()
        #expect(machine.state == .preparing)
        machine.handle(.opened)
        #expect(machine.state == .running)
        machine.handle(.batchPlanned)
        machine.handle(.sourceEnded)
        #expect(machine.state == .finishing)
        #expect(machine.final == nil)
        machine.handle(.batchSettled)
        #expect(machine.final == .done)
    }

    @Test("it is not done while its source is still read, though every batch is settled")
    func reading() {
        let machine = machine(.opened, .batchPlanned, .batchSettled)
        #expect(machine.final == nil)
        #expect(machine.state == .running)
    }

    @Test("it pauses and continues; a hold of the API shows only when it is not paused")
    func holds() {
        let until = Date(timeIntervalSince1970: 1000)
        var machine = machine(.opened, .held(.throttled, reason: "throttled", until: until))
        #expect(machine.state == .waiting(reason: "throttled", until: until))
        #expect(machine.isRunnable)
        machine.handle(.paused)
        #expect(machine.state == .paused)
        #expect(!machine.isRunnable)
        machine.handle(.unpaused)
        #expect(machine.state == .waiting(reason: "throttled", until: until))
        machine.handle(.released)
        #expect(machine.state == .running)
    }

    @Test("it may be paused and continued before its source is open")
    func pausedBefore() {
        var machine = machine(.paused, .unpaused)
        #expect(machine.state == .preparing)
        #expect(machine.handle(.opened) == nil)
        #expect(machine.state == .running)
        #expect(machine.handle(.opened) != nil, "it is opened once")
        machine = self.machine(.paused, .opened, .unpaused)
        #expect(machine.state == .running)
    }

    @Test("a stop waits for what is in flight and leaves the run resumable")
    func stop() {
        var machine = machine(.opened, .batchPlanned, .batchPlanned, .stopRequested(reason: "by hand"))
        #expect(!machine.isRunnable && machine.isEnding)
        machine.handle(.readerStopped)
        machine.handle(.batchesWithdrawn(1))
        #expect(machine.final == nil)
        #expect(machine.state == .finishing)
        machine.handle(.batchSettled)
        #expect(machine.final == .stopped(reason: "by hand"))
    }

    @Test("a stop that came too late to keep anything back leaves the run done")
    func lateStop() {
        let machine = machine(
            .opened, .batchPlanned, .sourceEnded, .stopRequested(reason: "by hand"), .batchesWithdrawn(0),
            .batchSettled)
        #expect(machine.final == .done)
    }

    @Test("a stop after the source was read, with batches kept back, is not an end")
    func withdrawn() {
        let machine = machine(
            .opened, .batchPlanned, .sourceEnded, .stopRequested(reason: "by hand"), .batchesWithdrawn(1))
        #expect(machine.final == .stopped(reason: "by hand"))
    }

    @Test("a fault explains more than a stop, and the first fault more than the next")
    func faults() {
        let machine = machine(
            .opened, .stopRequested(reason: "by hand"), .failed(reason: "disk full"), .failed(reason: "another"),
            .stopRequested(reason: "again"), .readerStopped)
        #expect(machine.final == .failed(reason: "disk full"))
    }

    @Test("a run that fails before it opened ends")
    func failsEarly() {
        #expect(machine(.failed(reason: "no file"), .readerStopped).final == .failed(reason: "no file"))
    }

    @Test("a paused run can be stopped")
    func pausedStop() {
        let machine = machine(.opened, .paused, .stopRequested(reason: "by hand"), .readerStopped)
        #expect(machine.final == .stopped(reason: "by hand"))
    }

    @Test("what an operator paused stays so when the process ends")
    func suspended() {
        var machine = machine(.opened, .batchPlanned, .paused, .suspended, .readerStopped, .batchesWithdrawn(1))
        #expect(machine.final == .paused)
        machine.handle(.stopRequested(reason: "by hand"))
        #expect(machine.final == .stopped(reason: "by hand"))
    }

    @Test("a fault that passes parks it, unless an operator stops it")
    func parked() {
        var machine = machine(.opened, .batchPlanned, .parked(reason: "disk full", until: nil), .readerStopped)
        machine.handle(.batchesWithdrawn(1))
        #expect(machine.final == .waiting(reason: "disk full", until: nil))
        machine.handle(.stopRequested(reason: "by hand"))
        #expect(machine.final == .stopped(reason: "by hand"))
    }

    @Test("nothing changes an end that is on its way to the journal")
    func concluded() {
        var machine = machine(.opened, .sourceEnded, .concluded)
        #expect(machine.state == .done)
        for event: RunMachine.Event in [
            .paused, .stopRequested(reason: "late"), .failed(reason: "late"), .batchPlanned,
        ] {
            #expect(machine.handle(event) != nil)
            #expect(machine.state == .done)
        }
        #expect(machine.handle(.ended) == nil)
    }
}

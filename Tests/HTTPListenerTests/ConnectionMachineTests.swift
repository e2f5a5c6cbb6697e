import NIOCore
import Testing

@testable import HTTPListener

@Suite("What a connection may wait for")
struct ConnectionMachineTests {
    static let times = ConnectionMachine.Times(
        header: .seconds(10), idle: .seconds(15), bodyWindow: .seconds(5), bodyRate: 240, body: .seconds(900),
        bodyTimeRate: 65_536, answer: .seconds(30), linger: .seconds(2))
    static let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    static func at(_ seconds: Int64) -> NIODeadline { start + .seconds(seconds) }

    @Test("silence is ended after 15 s, a begun header after 10 s")
    func header() {
        var machine = ConnectionMachine(times: Self.times, now: Self.start)
        #expect(machine.timePassed(now: Self.at(14), isReading: true) == .nothing)
        var silent = machine
        #expect(silent.timePassed(now: Self.at(15), isReading: true) == .close)
        machine.bytesArrived(now: Self.at(14))
        machine.bytesArrived(now: Self.at(20))
        #expect(machine.timePassed(now: Self.at(23), isReading: true) == .nothing)
        #expect(machine.timePassed(now: Self.at(24), isReading: true) == .refuseAsTooSlow)
    }

    @Test("a body must bring 240 B/s in every window of 5 s, unless it is we who don't read")
    func body() {
        var machine = ConnectionMachine(times: Self.times, now: Self.start)
        machine.bytesArrived(now: Self.start)
        machine.headerArrived(now: Self.start)
        machine.bodyArrived(1200, now: Self.start)
        #expect(machine.timePassed(now: Self.at(5), isReading: true) == .nothing)
        #expect(machine.timePassed(now: Self.at(10), isReading: false) == .nothing)
        machine.bodyArrived(1199, now: Self.at(11))
        #expect(machine.timePassed(now: Self.at(14), isReading: true) == .nothing)
        #expect(machine.timePassed(now: Self.at(15), isReading: true) == .refuseAsTooSlow)
    }

    @Test("a whole body may take 15 min and a second for each 64 KiB, however steadily it comes")
    func deadline() {
        func isCut(announced: Int?, perSecond: Int) -> Int64? {
            var machine = ConnectionMachine(times: Self.times, now: Self.start)
            machine.headerArrived(announcedBytes: announced, now: Self.start)
            for second in 1...Int64(2000) {
                machine.bodyArrived(perSecond, now: Self.at(second))
                if machine.timePassed(now: Self.at(second), isReading: true) != .nothing { return second }
            }
            return nil
        }
        #expect(isCut(announced: 10_000, perSecond: 300) == 900)
        #expect(isCut(announced: 100 * 65_536, perSecond: 300) == 1000)
        // Without a length the time grows with what has come.
        #expect(isCut(announced: nil, perSecond: 300) == 904)
        #expect(isCut(announced: nil, perSecond: 65_536) == nil)
    }

    @Test("a client that waits for our permission is not measured before it has it")
    func permission() {
        var machine = ConnectionMachine(times: Self.times, now: Self.start)
        machine.headerArrived(announcedBytes: 5000, awaitsPermission: true, now: Self.start)
        #expect(machine.timePassed(now: Self.at(60), isReading: true) == .nothing)
        machine.permitted(now: Self.at(60))
        #expect(machine.timePassed(now: Self.at(64), isReading: true) == .nothing)
        #expect(machine.timePassed(now: Self.at(65), isReading: true) == .refuseAsTooSlow)
    }

    @Test("our own answer may take any time, and afterwards the connection is idle again")
    func answering() {
        var machine = ConnectionMachine(times: Self.times, now: Self.start)
        machine.headerArrived(now: Self.start)
        machine.requestEnded()
        #expect(machine.timePassed(now: Self.at(1000), isReading: true) == .nothing)
        machine.answered(now: Self.at(1000))
        #expect(machine.timePassed(now: Self.at(1014), isReading: true) == .nothing)
        #expect(machine.timePassed(now: Self.at(1015), isReading: true) == .close)
    }

    @Test("a client that leaves its answers unread for 30 s is hung up on")
    func unread() {
        var machine = ConnectionMachine(times: Self.times, now: Self.start)
        machine.headerArrived(now: Self.start)
        machine.requestEnded()
        machine.writabilityChanged(false, now: Self.at(1))
        #expect(machine.timePassed(now: Self.at(30), isReading: false) == .nothing)
        var blocked = machine
        #expect(blocked.timePassed(now: Self.at(31), isReading: false) == .close)
        machine.writabilityChanged(true, now: Self.at(30))
        #expect(machine.timePassed(now: Self.at(1000), isReading: false) == .nothing)
    }

    @Test("a refused connection lingers and can't come back to life")
    func lingering() {
        var machine = ConnectionMachine(times: Self.times, now: Self.start)
        machine.lingers(now: Self.start)
        machine.bytesArrived(now: Self.at(1))
        machine.headerArrived(now: Self.at(1))
        machine.answered(now: Self.at(1))
        #expect(machine.isLingering)
        #expect(machine.timePassed(now: Self.at(2), isReading: true) == .close)
    }
}

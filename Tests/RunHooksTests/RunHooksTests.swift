import Foundation
import Logging
import Synchronization
import Testing

@testable import RunHooks

@Suite("Hooks are told of every run and hold up nobody")
struct RunHooksTests {
    /// Keeps what it is told, or never comes to an end.
    private final class Probe: RunHook {
        let label = "probe"
        let told = Mutex<[String]>([])
        let hangs: Bool
        init(hangs: Bool = false) { self.hangs = hangs }

        func tell(_ summary: String) async throws {
            if hangs { try await Task.sleep(for: .seconds(3600)) }
            told.withLock { $0.append(summary) }
        }
    }

    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    @Test("everything that was noted is told before the program ends")
    func all() async throws {
        let probe = Probe()
        let hooks = HookRunner([probe], logger: Self.logger, grace: .seconds(3600))
        await hooks.serving { for number in 0..<500 { hooks.notify("\(number)") } }
        #expect(Set(probe.told.withLock { $0 }) == Set((0..<500).map(String.init)))
        #expect(hooks.statistics == .init(delivered: 500))
    }

    @Test("one that hangs is cut off when the time is over; the other one is told all, and every notice is counted")
    func hanging() async throws {
        let (stuck, probe) = (Probe(hangs: true), Probe())
        let hooks = HookRunner([stuck, probe], logger: Self.logger, grace: .milliseconds(200))
        await hooks.serving { for number in 0..<10 { hooks.notify("\(number)") } }
        #expect(probe.told.withLock { $0.count } == 10)
        #expect(hooks.statistics == .init(delivered: 10, dropped: 10))
    }

    @Test("the work's own fault is passed on after the hooks were told")
    func fault() async throws {
        let probe = Probe()
        let hooks = HookRunner([probe], logger: Self.logger, grace: .seconds(3600))
        await #expect(throws: HookFault.self) {
            try await hooks.serving {
                hooks.notify("noted")
                throw HookFault(description: "work failed")
            }
        }
        #expect(probe.told.withLock { $0 } == ["noted"])
    }
}

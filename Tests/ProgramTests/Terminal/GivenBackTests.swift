import DeliveryModel
import Foundation
import ShowAdsSandbox
import TestSupport
import Testing

@Suite(
    "However the program ends, the terminal is given back and the run can be continued", .program,
    .timeLimit(.minutes(20)))
struct GivenBackTests {
    enum Way: String, CaseIterable, Sendable {
        case quit, interruptedTwice, terminated, hungUp, crashed, aborted, killedTerminal

        /// The signal that ends it.
        var signal: CInt? {
            switch self {
            case .quit, .interruptedTwice, .killedTerminal: nil
            case .terminated: SIGTERM
            case .hungUp: SIGHUP
            case .crashed: SIGSEGV
            case .aborted: SIGABRT
            }
        }
    }

    @Test("while a run is going", arguments: Way.allCases)
    func ending(_ way: Way) async throws {
        let file = CustomerFile(valid: 3000)
        try await withSandbox { sandbox, url in
            let workspace = try Workspace()
            let program = Program(workspace, url: url)
            _ = try workspace.write(file.text)
            try await TerminalSession.open(program) { terminal in
                let before = try await terminal.lineDiscipline()
                try await terminal.open("customers.csv", "--rate 500 --batch-size 50")
                #expect(try await terminal.fact("#{alternate_on} #{cursor_flag} #{mouse_any_flag}") == "1 0 1")
                try await terminal.send()
                try await terminal.see("SENDING")
                await sandbox.until { $0.applied >= 100 }
                try await Self.end(terminal, way)
                if way != .killedTerminal { try await terminal.expectGivenBack(as: before) }
            }
            #expect(sandbox.statistics.applied < file.valid.count)

            try await TerminalSession.open(program) { terminal in
                try await terminal.start("--batch-size 50")
                try await terminal.see("Resume interrupted runs?")
                try await terminal.press("y")
                try await terminal.see("DONE")
                #expect(Set(sandbox.cookies.keys) == file.valid)
                try await terminal.press("q")
                try await terminal.seeEnd(0)
            }
        }
    }

    private static func end(_ terminal: TerminalSession, _ way: Way) async throws {
        switch way {
        case .quit:
            try await terminal.press("q")
            try await terminal.see("Quit?")
            try await terminal.press("n")
            try await terminal.seeEnd(0)
            try await terminal.see("Run 1 was stopped; resume it with: data-connector resume 1")
        case .interruptedTwice:
            try await terminal.press("C-c")
            try await terminal.see("Quit?")
            try await terminal.press("C-c")
            try await terminal.seeEnd(0)
        case .killedTerminal:
            let process = try terminal.process()
            try await terminal.destroy()
            try await until { kill(process, 0) != 0 }
        case .terminated, .hungUp, .crashed, .aborted:
            let signal = way.signal ?? SIGTERM
            kill(try terminal.process(), signal)
            try await terminal.seeEnd(128 + Int(signal))
        }
    }

    @Test("it is stopped and continued like any program")
    func suspended() async throws {
        try await withSandbox(.init(faults: .init(latency: 50))) { sandbox, url in
            let file = CustomerFile(valid: 1000)
            let workspace = try Workspace()
            _ = try workspace.write(file.text)
            try await TerminalSession.open(Program(workspace, url: url)) { terminal in
                let before = try await terminal.lineDiscipline()
                try await terminal.open("customers.csv", "--rate 200 --batch-size 20")
                try await terminal.send()
                try await terminal.see("SENDING")
                try await terminal.press("C-z")
                try await terminal.see("Stopped")
                try await terminal.expectGivenBack(as: before)
                try await terminal.run("fg; echo \"back\" $?")
                try await terminal.see("SENDING")
                // No limit any more.
                for _ in 0..<20 { try await terminal.press("]") }
                try await terminal.see("DONE")
                try await terminal.press("q")
                try await terminal.see("back 0")
                try await terminal.expectGivenBack(as: before)
                #expect(Set(sandbox.cookies.keys) == file.valid)
            }
        }
    }
}

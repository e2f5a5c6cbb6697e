import DeliveryModel
import Foundation
import ShowAdsSandbox
import TestSupport
import Testing

@Suite("The whole job on a terminal", .program, .timeLimit(.minutes(20)))
struct WholeJobTests {
    /// Two good records, one that the API refuses, one that breaks a rule and one that is too young.
    private static let file = """
        name,age,cookie,banner_id
        Jane Doe,30,cookie-a,1
        Under_Score,40,cookie-b,2
        Ann Smith,50,refuse-c,3
        Young Person,7,cookie-d,4
        Žofie Nováková,60,cookie-e,5

        """

    @Test("a file is looked at, sent, and what failed is retried, edited and sent again")
    func wholeJob() async throws {
        try await withSandbox { sandbox, url in
            let workspace = try Workspace()
            _ = try workspace.write(Self.file)
            try await TerminalSession.open(Program(workspace, url: url), width: 100, height: 30) { terminal in
                try await terminal.open("customers.csv")
                let preview = try await terminal.see("✗ name")
                #expect(preview.contains("5 records · ") && preview.contains("Žofie Nováková"))
                #expect(preview.contains("valid 3    rejected 1    filtered 1"))
                // The counts follow the ages as they are typed.
                try await terminal.press("a")
                try await terminal.see("Next field")
                try await terminal.press("C-u", "7")
                try await terminal.see("valid 4    rejected 1    filtered 0")
                try await terminal.press("C-u", "1", "8", "Enter")
                try await terminal.press("s")
                let question = try await terminal.see("Send this file?")
                #expect(question.contains("3 records aged 18 and over") && question.contains("127.0.0.1"))
                try await terminal.press("y")
                try await terminal.see("DONE")
                #expect(Set(sandbox.cookies.keys) == ["cookie-a", "cookie-e"])
                try await Self.retry(terminal, sandbox)
                try await Self.edit(terminal, sandbox)
                try await terminal.press("4")
                let history = try await terminal.see("3 runs")
                #expect(history.contains("retry of run 1"))
                try await terminal.press("q")
                try await terminal.seeEnd(0)
            }
        }
    }

    private static func retry(_ terminal: TerminalSession, _ sandbox: Sandbox) async throws {
        try await terminal.press("f")
        let list = try await terminal.see("1 of 2")
        #expect(list.contains("rejected") && list.contains("permanent"))
        sandbox.update { $0.faults.refusesMarkedCookies = false }
        try await terminal.press("j", "r")
        await sandbox.until { $0.applied == 3 }
        try await terminal.see("1 of 1")
    }

    private static func edit(_ terminal: TerminalSession, _ sandbox: Sandbox) async throws {
        try await terminal.press("e")
        try await terminal.see("Edit and resend")
        try await terminal.see("✗ letters and spaces")
        try await terminal.press("C-u")
        try await terminal.paste("Upper Score")
        try await terminal.see("Press Enter to resend it")
        try await terminal.press("Enter")
        await sandbox.until { $0.applied == 4 }
        try await terminal.see("No failures")
        #expect(Set(sandbox.cookies.keys) == ["cookie-a", "cookie-b", "refuse-c", "cookie-e"])
    }

    @Test("a run survives every size of the terminal")
    func sizes() async throws {
        try await withSandbox { sandbox, url in
            let file = CustomerFile(valid: 2000)
            let workspace = try Workspace()
            _ = try workspace.write(file.text)
            try await TerminalSession.open(Program(workspace, url: url)) { terminal in
                try await terminal.open("customers.csv", "--rate 1000 --batch-size 50")
                try await terminal.send()
                try await terminal.see("SENDING")
                for (width, height) in [(1, 1), (500, 200), (59, 16), (60, 15), (3, 60), (200, 2), (80, 24), (2, 2)] {
                    try await terminal.resize(width: width, height: height)
                }
                try await terminal.resize(width: 40, height: 10)
                try await terminal.see("too small")
                try await terminal.resize(width: 132, height: 43)
                try await terminal.see("DONE")
                // A message may cover the border for a while.
                try await terminal.see("a whole border") {
                    $0.split(separator: "\n").contains { row in
                        row.count == 132 && row.hasPrefix("╰") && row.hasSuffix("╯")
                            && row.dropFirst().dropLast().allSatisfy { "─┴".contains($0) }
                    }
                }
                try await terminal.press("q")
                try await terminal.seeEnd(0)
                #expect(Set(sandbox.cookies.keys) == file.valid)
            }
        }
    }
}

import Foundation
import ShowAdsSandbox
import TestSupport
import Testing

@Suite("A screen on the running process", .program, .timeLimit(.minutes(20)))
struct AttachedScreenTests {
    @Test("it sends through that process, shows its requests, and leaves it running")
    func attached() async throws {
        try await withSandbox { sandbox, url in
            let workspace = try Workspace()
            _ = try workspace.write("name,age,cookie,banner_id\nJane Doe,30,cookie-a,1\nUnder_Score,40,cookie-b,2\n")
            try await TerminalSession.open(Program(workspace, url: url), width: 120, height: 30) { terminal in
                try await terminal.run(#""$DC" --headless --listen 127.0.0.1:0 >service 2>&1 & echo $! >server"#)
                try await terminal.run(#"until [ -S "$STATE_DIR/control.sock" ]; do sleep 0.1; done; echo it "is" up"#)
                try await terminal.see("it is up")
                try await terminal.open("customers.csv")
                try await terminal.see("attached")
                try await terminal.send()
                try await terminal.see("DONE")
                #expect(Set(sandbox.cookies.keys) == ["cookie-a"])
                try await terminal.press("o")
                let request = try await terminal.see("POST http")
                #expect(request.contains("Response  200") && request.contains("Bearer •"))
                try await terminal.press("Escape", "3")
                try await terminal.see("Under_Score")
                try await terminal.press("w")
                try await terminal.see("Export as CSV")
                try await terminal.press("C-u")
                try await terminal.type(workspace.path + "/rejected.csv")
                try await terminal.press("Enter")
                try await terminal.see("1 record written")
                #expect(try workspace.text(of: workspace.path + "/rejected.csv").contains("Under_Score,40,cookie-b,2"))
                try await terminal.press("q")
                try await terminal.seeEnd(0)
                try await terminal.run(#"kill $(cat server) && wait; echo it "is" gone"#)
                try await terminal.see("it is gone")
            }
        }
    }
}

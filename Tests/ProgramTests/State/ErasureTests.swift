import DeliveryModel
import Foundation
import ShowAdsSandbox
import TestSupport
import Testing

@Suite("A person is erased from the shell", .program, .timeLimit(.minutes(20)))
struct ErasureTests {
    private static func holders(of cookie: String, in folder: String) -> [String] {
        let names = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
        return names.filter {
            FileManager.default.contents(atPath: "\(folder)/\($0)")?.range(of: Data(cookie.utf8)) != nil
        }
    }

    @Test("with and without a process that delivers, and nothing is left that grep finds")
    func erase() async throws {
        try await withSandbox(.init(refusedCookies: ["gone-1", "gone-2"])) { _, url in
            let workspace = try Workspace()
            let program = Program(workspace, url: url)
            let file = try workspace.write(
                CustomerFile.header
                    + "Jane Doe,30,gone-1,1\nX_Y,30,gone-1,1\nJane Doe,30,gone-2,1\nJane Doe,30,kept,1\n")
            #expect(try await program.run(["--headless", file]).status == 1)
            let state = workspace.stateDirectory
            #expect(!Self.holders(of: "gone-1", in: state).isEmpty && !Self.holders(of: "gone-2", in: state).isEmpty)
            let first = workspace.path + "/first.txt"
            try Data("cookie\ngone-1\n".utf8).write(to: URL(fileURLWithPath: first))
            let dry = try await program.run(["erase", "--cookie-file", first, "--dry-run"])
            #expect(dry.status == 0 && dry.output.hasPrefix("To be erased:\n"), "\(dry.output)\(dry.errors)")
            #expect(!Self.holders(of: "gone-1", in: state).isEmpty)
            let erased = try await program.run(["erase", "--cookie-file", first])
            #expect(erased.status == 0 && erased.output.contains("is your file"), "\(erased.output)\(erased.errors)")
            #expect(Self.holders(of: "gone-1", in: state).isEmpty)
            #expect(!erased.output.contains("gone-1") && !erased.errors.contains("gone-1"))

            var service = program
            service.environment["LISTEN"] = "127.0.0.1:0"
            _ = try await service.run(["--headless"]) { process in
                try await until { FileManager.default.fileExists(atPath: state + "/control.sock") }
                let ending = try await program.run(["erase", "--cookie-file", "-", "--json"], input: "gone-2\n")
                #expect(
                    ending.status == 0 && ending.output.contains("\"complete\":true"),
                    "\(ending.output)\(ending.errors)")
                #expect(Self.holders(of: "gone-2", in: state).isEmpty)
                process.signal(SIGTERM)
            }
            #expect(try await program.run(["audit"]).output.components(separatedBy: "erase").count == 3)
            let wrong = try await program.run(["erase", "--cookie-file", "-"], input: "two words\n")
            #expect(wrong.status == 1 && wrong.errors.contains("line 1 is not a cookie"), "\(wrong.errors)")
        }
    }
}

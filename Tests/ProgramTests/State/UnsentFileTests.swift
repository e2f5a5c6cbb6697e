import Foundation
import ShowAdsSandbox
import TestSupport
import Testing

@Suite("Files of failed records", .program, .timeLimit(.minutes(20)))
struct UnsentFileTests {
    /// Today's file, as another program wrote it.
    private static let theirs = "name,age,cookie,banner_id\nOld One,30,precious,1\n"

    /// A program whose failed records go to a folder of their own.
    private static func program(_ workspace: Workspace, _ url: String) throws -> (Program, folder: String) {
        let folder = workspace.path + "/unsent"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        var program = Program(workspace, url: url)
        program.environment["FAILED_RECORDS_DIRPATH"] = folder
        return (program, folder)
    }

    @Test("what another program wrote is left as it is, and this one's records stand beside it")
    func foreign() async throws {
        try await withSandbox { sandbox, url in
            let workspace = try Workspace()
            let (program, _) = try Self.program(workspace, url)
            let file = try workspace.write(CustomerFile.header + "Jane Doe,30,refuse-1,1\nJohn Doe,30,fine,1\n")

            let first = try await program.run(["--headless", "--json", file])
            #expect(first.status == 1)
            let usual = try #require(try first.summary().unsentFile)
            #expect(usual.hasSuffix(".csv") && !usual.hasSuffix(".2.csv"))
            // Written over by somebody else, and another state directory has failures of its own.
            try Data(Self.theirs.utf8).write(to: URL(fileURLWithPath: usual))
            let other = try await program.run(["--headless", "--json", file, "--state-dir", workspace.path + "/other"])
            let beside = try #require(try other.summary().unsentFile)
            #expect(beside == usual.replacing(".csv", with: ".2.csv"))
            #expect(other.errors.contains("another program wrote the day's unsent file"), "\(other.errors)")
            #expect(try workspace.text(of: beside).contains("refuse-1"))

            // The next run of that state directory uses its own file again.
            let again = try await program.run(["--headless", "--json", file, "--state-dir", workspace.path + "/other"])
            #expect(try again.summary().unsentFile == beside)
            #expect(try workspace.text(of: usual) == Self.theirs)
        }
    }

    @Test("a file that is gone once everything is delivered is nobody's: whoever takes its name keeps it")
    func released() async throws {
        try await withSandbox { sandbox, url in
            let workspace = try Workspace()
            let (program, folder) = try Self.program(workspace, url)
            let file = try workspace.write(CustomerFile.header + "Jane Doe,30,x,1\nJohn Doe,30,fine,1\n")
            let ours = ["--headless", "--json", file]
            let theirs = ours + ["--state-dir", workspace.path + "/other"]

            sandbox.update { $0.refusedCookies = ["x"] }
            let usual = try #require(try await program.run(ours).summary().unsentFile)
            sandbox.update { $0.refusedCookies = [] }
            #expect(try await program.run(["retry", "1"]).status == 0)
            #expect(!FileManager.default.fileExists(atPath: usual))

            sandbox.update { $0.refusedCookies = ["x"] }
            #expect(try await program.run(theirs).summary().unsentFile == usual)
            #expect(try await program.run(ours).summary().unsentFile == usual.replacing(".csv", with: ".2.csv"))
            sandbox.update { $0.refusedCookies = [] }
            #expect(try await program.run(["retry", "3"]).status == 0)
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: folder) == [
                    String(usual.split(separator: "/").last ?? "")
                ])
        }
    }
}

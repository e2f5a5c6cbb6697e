import Foundation
import ShowAdsSandbox
import TestSupport
import Testing

@Suite("Nightly exports send only what is new", .program, .timeLimit(.minutes(20)))
struct ListsTests {
    private struct Row: Decodable {
        var name: String
        var records: Int
        var used: String

        private enum CodingKeys: String, CodingKey {
            case name, records
            case used = "used_at"
        }
    }

    @Test("a list is filled, counted with, shown with dates, and removed by a script")
    func lists() async throws {
        try await withSandbox { sandbox, url in
            let workspace = try Workspace()
            let program = Program(workspace, url: url)
            let header = "name,age,cookie,banner_id\n"
            let first = try workspace.write(header + "Jan,25,cookie-1,1\nEva,30,cookie-2,2\n", to: "first.csv")
            let second = try workspace.write(header + "Jan,25,cookie-1,1\nEva,30,cookie-2,5\n", to: "second.csv")
            let sent = try await program.run(["--headless", "--only-new", "nightly", first, "--json"])
            #expect(try sent.summary().sent == 2)
            let counted = try await program.run(["--headless", "--dry-run", "--only-new", "nightly", second])
            #expect(counted.output.contains("1 of 2 are new or changed"), "\(counted.output)")
            let again = try await program.run(["--headless", "--only-new", "nightly", second, "--json"])
            #expect(try again.summary().sent == 1 && again.summary().filtered == 1)
            #expect(sandbox.cookies.count == 2)

            let shown = try await program.run(["lists", "--json"])
            let rows = try JSONDecoder().decode([Row].self, from: Data(shown.output.utf8))
            #expect(rows.map(\.name) == ["nightly"] && rows.map(\.records) == [3])
            #expect(rows.allSatisfy { (try? Date($0.used, strategy: .iso8601)) != nil })
            let removed = try await program.run(["lists", "--remove", "nightly", "--yes"])
            #expect(removed.status == 0 && removed.output.contains("Removed list nightly with 3 records."))
            let missing = try await program.run(["lists", "--remove", "nightly", "--yes"])
            #expect(missing.status == 1 && missing.errors.contains("There is no list nightly."))
        }
    }
}

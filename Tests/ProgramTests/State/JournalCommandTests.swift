import Foundation
import ShowAdsSandbox
import TestSupport
import Testing

@Suite("A journal is checked and compacted from a shell", .program, .timeLimit(.minutes(20)))
struct JournalCommandTests {
    @Test("a sound one is said to be so, a damaged one is found out, and one that is not there is named")
    func check() async throws {
        try await withSandbox { _, url in
            let workspace = try Workspace()
            let program = Program(workspace, url: url)
            let missing = try await program.run(["journal", "check"])
            #expect(missing.status == 1 && missing.errors.contains("There is no journal in"), "\(missing.errors)")

            _ = try await program.run(["--headless", try workspace.write(CustomerFile(mixed: 3000, seed: 2).text)])
            let sound = try await program.run(["journal", "check"])
            #expect(sound.status == 0, "\(sound.output)\(sound.errors)")
            #expect(sound.output.contains("no damage found") && sound.output.contains("1, 0 of them open"))

            let journal = URL(fileURLWithPath: workspace.stateDirectory + "/journal.sqlite")
            var bytes = try Data(contentsOf: journal)
            for offset in stride(from: 8192, to: bytes.count, by: 4096) {
                bytes.replaceSubrange(offset..<offset + 64, with: Data(repeating: 0x5A, count: 64))
            }
            try bytes.write(to: journal)
            let damaged = try await program.run(["journal", "check"])
            #expect(damaged.status == 1, "\(damaged.output)\(damaged.errors)")
        }
    }

    @Test("compacting gives back what was removed, keeps the rest, and waits for nobody who uses it")
    func compact() async throws {
        try await withSandbox { sandbox, url in
            let workspace = try Workspace()
            let program = Program(workspace, url: url)
            let rows = (0..<200).map { "Jane Doe,30,\($0 % 2 == 0 ? "refuse" : "fine")-\($0),1\n" }.joined()
            _ = try await program.run(["--headless", try workspace.write(CustomerFile.header + rows)])
            let compacted = try await program.run(["journal", "compact"])
            #expect(compacted.status == 0 && compacted.output.hasPrefix("The journal takes "), "\(compacted.errors)")
            let left = try await program.run(["failures", "1"])
            #expect(left.output.split(separator: "\n").count == 100)

            _ = try await program.listen(on: Program.freePort()) { listening async throws in
                let refused = try await program.run(["journal", "compact"])
                #expect(refused.status == 1 && refused.errors.contains("is already using"), "\(refused.errors)")
                listening.process.signal(SIGTERM)
            }
        }
    }
}

import DeliveryModel
import Foundation
import ShowAdsSandbox
import TestSupport
import Testing

@Suite("A source that has to be decoded is resumed", .program, .timeLimit(.minutes(20)))
struct DecodedResumeTests {
    /// More than the reader's window holds.
    private static let file = CustomerFile(valid: 40_000)

    @Test("killed in the middle of a gzip file, it sends the rest, and nothing twice that is not counted")
    func killed() async throws {
        try await withSandbox(.init(faults: .init(latency: 20))) { sandbox, url in
            let run = try await Interrupted(
                Data(EncodedBytes.gzip(Array(Self.file.text.utf8))), "customers.csv.gz", url, sandbox)
            // Another time alone is no other content.
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSince1970: 1e9)], ofItemAtPath: run.source)
            let ending = try await run.program.run(["resume"])
            #expect(ending.status == 0, "\(ending.errors)")
            let summary = try #require(try Summary.list(json: await run.program.run(["runs", "--json"]).output).first)
            #expect(summary.state == "done")
            #expect(summary.read == Self.file.valid.count)
            #expect(summary.isConserved)
            #expect(sandbox.statistics.duplicates <= summary.possibleDuplicates)
            #expect(Set(sandbox.cookies.keys) == Self.file.valid)
        }
    }

    @Test("changed in what was read of it, it is refused, although its size, ends and time are the same")
    func changed() async throws {
        try await withSandbox(.init(faults: .init(latency: 20))) { sandbox, url in
            let run = try await Interrupted(Self.utf16(Self.file.text), "customers.csv", url, sandbox)
            let applied = sandbox.statistics.applied
            let time = try #require(
                FileManager.default.attributesOfItem(atPath: run.source)[.modificationDate] as? Date)
            try Self.utf16(Self.file.text.replacingOccurrences(of: ",cookie-3000,", with: ",cookie-300x,"))
                .write(to: URL(filePath: run.source))
            try FileManager.default.setAttributes([.modificationDate: time], ofItemAtPath: run.source)
            let ending = try await run.program.run(["resume"])
            #expect(ending.status == 1)
            #expect(ending.errors.contains("changed since the run began"), "\(ending.errors)")
            #expect(sandbox.statistics.applied == applied)
            // And with the old content it continues.
            try Self.utf16(Self.file.text).write(to: URL(filePath: run.source))
            let again = try await run.program.run(["resume"])
            #expect(again.status == 0, "\(again.errors)")
            #expect(Set(sandbox.cookies.keys) == Self.file.valid)
        }
    }

    private static func utf16(_ text: String) -> Data {
        Data([0xff, 0xfe] + text.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] })
    }
}

/// A delivery whose process was killed when a part of it had arrived.
private struct Interrupted {
    let program: Program
    let source: String
    private let workspace: Workspace

    init(_ content: Data, _ name: String, _ url: String, _ sandbox: Sandbox) async throws {
        workspace = try Workspace()
        program = Program(workspace, url: url)
        let source = workspace.path + "/" + name
        self.source = source
        try content.write(to: URL(filePath: source))
        let ending = try await program.run(["--headless", source]) { process in
            await sandbox.until { $0.applied >= 5000 }
            process.signal(SIGKILL)
        }
        #expect(ending.status == nil, "it was killed before it had delivered")
        await sandbox.until { $0.inFlight == 0 }
    }
}

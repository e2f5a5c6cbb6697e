import DeliveryModel
import Foundation
import ShowAdsSandbox
import TestSupport
import Testing

@Suite("A full disk stops the delivery and loses nothing", .program, .timeLimit(.minutes(20)))
struct FullDiskTests {
    @Test("a limit on the size of files ends it with a clear error; with room it continues")
    func fileSizeLimit() async throws {
        try await withSandbox(.init(faults: .init(latency: 2))) { sandbox, url in
            let file = CustomerFile(valid: 20_000)
            let workspace = try Workspace()
            let program = Program(workspace, url: url)
            let path = try workspace.write(file.text)
            // Blocks of 512 bytes. The journal's log grows past that within the run.
            let stopped = try await program.shell(
                "ulimit -f 1000; exec \"$0\" \"$@\"", ["--headless", path, "--batch-size", "20", "--json"])
            try await Self.check(stopped, program, file, sandbox)
        }
    }

    @Test("a full file system ends it with a clear error; with room it continues", .enabled(if: canMount))
    func fullFileSystem() async throws {
        try await withSandbox(.init(faults: .init(latency: 2))) { sandbox, url in
            let file = CustomerFile(valid: 20_000)
            let workspace = try Workspace()
            let program = Program(workspace, url: url)
            let path = try workspace.write(file.text)
            let state = workspace.stateDirectory
            try FileManager.default.createDirectory(atPath: state, withIntermediateDirectories: false)
            let mounted = try await program.shell("mount -t tmpfs -o size=600k,mode=700 tmpfs \"$1\"", [state])
            try #require(mounted.status == 0, "\(mounted.errors)")
            do {
                let stopped = try await program.run(["--headless", path, "--batch-size", "20", "--json"])
                _ = try await program.shell("mount -o remount,size=50m \"$1\"", [state])
                try await Self.check(stopped, program, file, sandbox)
            } catch {
                _ = try await program.shell("umount \"$1\"", [state])
                throw error
            }
            _ = try await program.shell("umount \"$1\"", [state])
        }
    }

    @Test("a read-only file system is a clear error in one line, and nothing is sent", .enabled(if: canMount))
    func readOnlyFileSystem() async throws {
        try await withSandbox(.init()) { sandbox, url in
            let workspace = try Workspace()
            let program = Program(workspace, url: url)
            let path = try workspace.write(CustomerFile(valid: 10).text)
            let state = workspace.stateDirectory
            try FileManager.default.createDirectory(atPath: state, withIntermediateDirectories: false)
            let mounted = try await program.shell("mount -t tmpfs -o ro tmpfs \"$1\"", [state])
            try #require(mounted.status == 0, "\(mounted.errors)")
            let ending = try await program.run(["--headless", path])
            _ = try await program.shell("umount \"$1\"", [state])
            #expect(ending.status == 1)
            #expect(ending.errors.contains(state), "\(ending.errors)")
            #expect(ending.errors.split(separator: "\n").count == 1, "\(ending.errors)")
            #expect(sandbox.statistics.arrived == 0)
        }
    }

    private static let canMount = geteuid() == 0 && access("/bin/mount", X_OK) == 0

    private static func check(
        _ stopped: Program.Ending, _ program: Program, _ file: CustomerFile, _ sandbox: Sandbox
    ) async throws {
        #expect(stopped.status == 1, "\(stopped)")
        #expect(stopped.errors.contains("journal"), "\(stopped.errors)")
        #expect(stopped.errors.contains("resume"), "what to do has to be said: \(stopped.errors)")
        await sandbox.until { $0.inFlight == 0 }
        #expect(sandbox.statistics.distinct < file.valid.count, "the disk was never full")
        let resumed = try await program.run(["resume", "--json"])
        let summary = try resumed.summary()
        #expect(resumed.status == 0, "\(resumed.errors)")
        #expect(summary.sent == file.valid.count)
        #expect(Set(sandbox.cookies.keys) == file.valid)
        #expect(sandbox.statistics.duplicates <= summary.possibleDuplicates)
    }
}

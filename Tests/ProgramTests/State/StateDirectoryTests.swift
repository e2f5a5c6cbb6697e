import DeliveryModel
import Foundation
import ShowAdsSandbox
import TestSupport
import Testing

@Suite("The state directory is private and belongs to one process", .program, .timeLimit(.minutes(20)))
struct StateDirectoryTests {
    @Test("folders are 0700, files 0600, and none holds the project key")
    func privacy() async throws {
        try await withSandbox(.init(loginScript: [500])) { sandbox, url in
            let workspace = try Workspace()
            var program = Program(workspace, url: url, key: "key-that-nobody-may-see")
            program.environment["LOGLEVEL"] = "DEBUG"
            let text = CustomerFile(mixed: 500, seed: 5).text + "Jane Doe,30,refuse-1,1\n"
            let path = try workspace.write(text)
            let ending = try await program.run(["--headless", path]) { process in
                await sandbox.until { $0.arrived > 0 }
                let arguments = try Data(contentsOf: URL(fileURLWithPath: "/proc/\(process.id)/cmdline"))
                #expect(!String(decoding: arguments, as: UTF8.self).contains("key-that"))
            }
            #expect(ending.status == 1)
            #expect(!(ending.output + ending.errors).contains("key-that"))
            #expect(try workspace.mode(of: workspace.stateDirectory) == 0o700)
            let files = try workspace.stateFiles()
            #expect(
                Set(files.map { $0.split(separator: "/").last }).isSuperset(of: ["journal.sqlite", "rejected.csv"]))
            for file in files {
                var isFolder: ObjCBool = false
                #expect(FileManager.default.fileExists(atPath: file, isDirectory: &isFolder))
                #expect(try workspace.mode(of: file) == (isFolder.boolValue ? 0o700 : 0o600), "\(file)")
                guard !isFolder.boolValue else { continue }
                let bytes = try Data(contentsOf: URL(fileURLWithPath: file))
                #expect(bytes.range(of: Data("key-that".utf8)) == nil, "\(file)")
                #expect(bytes.range(of: Data("token-1".utf8)) == nil, "\(file)")
            }
        }
    }

    @Test("a refused key is said without showing it")
    func refusedKey() async throws {
        try await withSandbox(.init(loginScript: [400])) { _, url in
            let workspace = try Workspace()
            let ending = try await Program(workspace, url: url, key: "wrong-key").run([
                "--headless", workspace.write(CustomerFile(valid: 1).text), "--json",
            ])
            #expect(ending.status == 1)
            let summary = try ending.summary()
            #expect(summary.state == "failed")
            #expect(summary.pending == 1)
            #expect(ending.errors.contains("key"), "\(ending.errors)")
            #expect(!ending.errors.contains("wrong-key"))
        }
    }

    @Test("a second service names the running process, and looking is allowed")
    func secondProcess() async throws {
        try await withSandbox(.init(hangRate: 1)) { sandbox, url in
            let workspace = try Workspace()
            let program = Program(workspace, url: url)
            let file = try workspace.write(CustomerFile(valid: 10).text)
            _ = try await program.run(["--headless", file]) { process in
                await sandbox.until { $0.inFlight > 0 }
                let second = try await program.run(["--headless", "--listen", "127.0.0.1:0", file])
                #expect(second.status == 1)
                #expect(second.errors.contains("Process \(process.id) is already using"), "\(second.errors)")
                let runs = try Summary.list(json: try await program.run(["runs", "--json"]).output)
                #expect(runs.map(\.state) == ["running"])
                process.signal(SIGKILL)
            }
        }
    }

    @Test("a file that is not a journal is left alone")
    func damaged() async throws {
        try await withSandbox { sandbox, url in
            let workspace = try Workspace()
            let program = Program(workspace, url: url)
            let file = try workspace.write(CustomerFile(valid: 10).text)
            try FileManager.default.createDirectory(
                atPath: workspace.stateDirectory, withIntermediateDirectories: true)
            let journal = try workspace.write(
                String(repeating: "this is not a database. ", count: 500), to: "state/journal.sqlite")
            let before = try workspace.text(of: journal)
            for arguments in [["--headless", file], ["runs"], ["resume"]] {
                let ending = try await program.run(arguments)
                #expect(ending.status == 1)
                #expect(ending.errors.contains("\(journal) is damaged"), "\(ending.errors)")
            }
            #expect(try workspace.text(of: journal) == before)
            #expect(sandbox.statistics.arrived == 0)
        }
    }

    @Test("a state directory that is a file is an error")
    func inTheWay() async throws {
        try await withSandbox { sandbox, url in
            let workspace = try Workspace()
            var program = Program(workspace, url: url)
            program.environment["STATE_DIR"] = try workspace.write("", to: "file")
            let ending = try await program.run([
                "--headless", workspace.write(CustomerFile(valid: 10).text),
            ])
            #expect(ending.status == 1)
            #expect(ending.errors.contains("not a folder"), "\(ending.errors)")
            #expect(sandbox.statistics.arrived == 0)
        }
    }
}

import DeliveryModel
import Foundation
import ShowAdsSandbox
import Synchronization
import TestSupport
import Testing

@Suite("The program as a service", .program, .timeLimit(.minutes(20)))
struct ServingTests {
    @Test("a signal ends it in order: who waits is answered, what is in flight ends, and the next start continues")
    func inOrder() async throws {
        try await withSandbox(.init(faults: .init(latency: 100))) { sandbox, url in
            let program = Program(try Workspace(), url: url)
            let port = Program.freePort()
            let file = CustomerFile(valid: 1000)
            let ended = try await program.listen(["--batch-size", "10", "--concurrency", "2"], on: port) { listening in
                async let waiting = listening.upload(file.text)
                await sandbox.until { $0.applied >= 20 }
                listening.process.signal(SIGTERM)
                let reply = try await waiting
                #expect(reply.status == 202)
                let pending = try #require(reply.count("pending"))
                #expect(pending > 0)
                #expect(reply.count("read") == reply.count("sent").map { $0 + pending })
            }
            #expect(ended.status == 128 + Int(SIGTERM), "\(ended.errors)")
            #expect(ended.output.isEmpty)
            sandbox.setFaults(.init())
            _ = try await program.listen(on: port) { listening in
                let runs = try await listening.untilDone()
                #expect(runs.map { $0["sent"] as? Int } == [1000])
                listening.process.signal(SIGINT)
            }
            #expect(Set(sandbox.cookies.keys) == file.valid)
            #expect(sandbox.statistics.duplicates == 0)
        }
    }

    @Test("a second signal ends it at once, though the API never answers")
    func secondSignal() async throws {
        try await withSandbox(.init(hangRate: 1)) { sandbox, url in
            let program = Program(try Workspace(), url: url)
            let began = Mutex(ContinuousClock.now)
            let ended = try await program.listen(on: Program.freePort()) { listening async throws in
                #expect(try await listening.submit("kept", ListeningProgram.async).status == 202)
                await sandbox.until { $0.inFlight > 0 }
                began.withLock { $0 = .now }
                await listening.process.insist(SIGTERM)
            }
            #expect(ended.status == 128 + Int(SIGTERM), "\(ended.errors)")
            #expect(began.withLock { $0 }.duration(to: .now) < .seconds(8), "in order it would wait for the answer")
        }
    }

    @Test("beside a file it takes submissions, and delivers them before it ends")
    func besideFile() async throws {
        try await withSandbox(.init(faults: .init(latency: 20))) { sandbox, url in
            let workspace = try Workspace()
            let program = Program(workspace, url: url)
            let file = CustomerFile(valid: 4000)
            let arguments = [try workspace.write(file.text), "--batch-size", "20", "--concurrency", "2", "--json"]
            let ended = try await program.listen(arguments, on: Program.freePort()) { listening in
                let record = try await listening.submit("beside", ListeningProgram.async)
                let upload = try await listening.upload(CustomerFile(mixed: 50, seed: 3).text)
                #expect(record.status == 202 && upload.status == 202)
            }
            #expect(ended.status == 0, "\(ended.errors)")
            let summary = try ended.summary()
            #expect(summary.read == 4000 && summary.sent == 4000)
            #expect(sandbox.cookies["beside"] == 1)
            let runs = try Summary.list(json: try await program.run(["runs", "--json"]).output)
            #expect(runs.count == 3)
            #expect(runs.allSatisfy { $0.state == "done" && $0.isConserved })
        }
    }

    @Test("nothing begins when its address is taken")
    func takenAddress() async throws {
        try await withSandbox { sandbox, url in
            let workspace = try Workspace()
            let program = Program(workspace, url: url)
            let taken = try #require(url.split(separator: ":").last.map(String.init))
            for arguments in [[], [try workspace.write(CustomerFile(valid: 10).text)]] {
                let ended = try await program.run(["--headless", "--listen", taken] + arguments)
                #expect(ended.status == 1)
                #expect(ended.errors.contains("127.0.0.1:\(taken)"), "\(ended.errors)")
            }
            #expect(try Summary.list(json: try await program.run(["runs", "--json"]).output).isEmpty)
            #expect(sandbox.statistics.applied == 0)
        }
    }

    @Test("a changed configuration file applies to the next submission, at once on SIGHUP")
    func changedSettings() async throws {
        try await withSandbox { sandbox, url in
            let workspace = try Workspace()
            let program = Program(workspace, url: url)
            let path = try workspace.write(#"{"min-age": 20}"#, to: "config.json")
            let ended = try await program.listen(["--config", path], on: Program.freePort()) { listening in
                #expect(try await listening.submit("before").text("status") == "sent")
                _ = try workspace.write(#"{"min-age": 40}"#, to: "config.json")
                listening.process.signal(SIGHUP)
                while try await listening.submit("after").text("status") != "filtered" {}
                listening.process.signal(SIGTERM)
            }
            #expect(ended.status == 128 + Int(SIGTERM), "\(ended.errors)")
        }
    }

    @Test("it raises its limit of open files, so that clients who wait for an outcome find room")
    func descriptors() async throws {
        try await withSandbox { _, url in
            var program = Program(try Workspace(), url: url)
            program.softDescriptors = 256
            _ = try await program.listen(on: Program.freePort()) { listening in
                let metrics = try await listening.get("/metrics").body
                let limit = metrics.split(separator: "\n").first { $0.hasPrefix("process_max_fds ") }
                #expect(try #require(limit.flatMap { Int($0.dropFirst(16)) }) > 256)
                listening.process.signal(SIGTERM)
            }
        }
    }
}

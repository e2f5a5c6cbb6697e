import DeliveryModel
import Foundation
import ShowAdsSandbox
import Synchronization
import TestSupport
import Testing

@Suite("What was accepted over HTTP survives the process", .program, .timeLimit(.minutes(20)))
struct KilledListenerTests {
    enum Kind: CaseIterable, Sendable { case record, upload }

    @Test("killed right after it accepted, its next start delivers by itself", arguments: Kind.allCases)
    func rightAfterAcceptance(_ kind: Kind) async throws {
        try await withSandbox(.init(faults: .init(latency: 50))) { sandbox, url in
            let program = Program(try Workspace(), url: url)
            let port = Program.freePort()
            let file = CustomerFile(mixed: 2500, seed: 7)
            let expected = kind == .record ? ["cookie-1"] : file.valid
            let killed = try await program.listen(on: port) { listening in
                let reply =
                    switch kind {
                    case .record: try await listening.submit("cookie-1", ListeningProgram.async)
                    case .upload: try await listening.upload(file.text, ListeningProgram.async)
                    }
                listening.process.signal(SIGKILL)
                #expect(reply.status == 202)
                #expect(reply.location == "/runs/1")
            }
            #expect(killed.status == nil)
            #expect(sandbox.statistics.distinct < expected.count, "it was killed before it had delivered")

            let ended = try await program.listen(on: port) { listening in
                let runs = try await listening.untilDone()
                #expect(runs.count == 1)
                #expect(runs.first?["sent"] as? Int == expected.count)
                let possible = try #require(runs.first?["possible_duplicates"] as? Int)
                #expect(sandbox.statistics.duplicates <= possible)
                listening.process.signal(SIGTERM)
            }
            #expect(ended.status == 128 + Int(SIGTERM), "\(ended.errors)")
            #expect(Set(sandbox.cookies.keys) == expected)
        }
    }

    @Test("a fault that shows late in an upload is its end: what was above it is sent, and no start continues with it")
    func brokenUpload() async throws {
        try await withSandbox { sandbox, url in
            let program = Program(try Workspace(), url: url)
            let port = Program.freePort()
            // Behind what is looked at before the upload is accepted.
            let file = CustomerFile(valid: 25_000)
            let text = file.text + "name,banner_id,cookie,age\nJane Doe,30,wrong,45\n"
            let key = ["Idempotency-Key": "broken"]
            let first = Mutex("")
            _ = try await program.listen(on: port) { listening in
                let reply = try await listening.upload(text, key)
                #expect(reply.text("status") == "failed")
                #expect(reply.text("message")?.contains("upload.csv, line 25002: another header") == true)
                #expect(reply.count("sent") == 25_000)
                #expect(reply.count("pending") == 0)
                first.withLock { $0 = reply.body }
                listening.process.signal(SIGKILL)
            }
            let requests = sandbox.statistics.answered
            _ = try await program.listen(on: port) { listening in
                let again = try await listening.upload(text, key)
                #expect(again.body == first.withLock { $0 })
                let run = try await listening.get("/runs/1")
                #expect(run.text("state") == "failed")
                #expect(run.flag("resumable") == false)
                listening.process.signal(SIGTERM)
            }
            #expect(sandbox.statistics.answered == requests)
            #expect(Set(sandbox.cookies.keys) == file.valid)
        }
    }

    @Test("a key keeps its first answer over the death of the process, and is done once")
    func idempotency() async throws {
        try await withSandbox { sandbox, url in
            let program = Program(try Workspace(), url: url)
            let port = Program.freePort()
            let key = ["Idempotency-Key": "order 66"]
            let first = Mutex("")
            _ = try await program.listen(on: port) { listening in
                let reply = try await listening.submit("once", key)
                #expect(reply.text("status") == "sent")
                first.withLock { $0 = reply.body }
                listening.process.signal(SIGKILL)
            }
            _ = try await program.listen(on: port) { listening in
                let again = try await listening.submit("once", key)
                #expect(again.status == 202)
                #expect(again.body == first.withLock { $0 })
                #expect(try await listening.submit("another", key).status == 422)
                let runs = try await listening.untilDone()
                #expect(runs.map { $0["sent"] as? Int } == [1])
                // The API's answer came too late for the journal of the process that died.
                #expect(sandbox.statistics.duplicates <= runs.first?["possible_duplicates"] as? Int ?? 0)
                listening.process.signal(SIGTERM)
            }
            #expect(Set(sandbox.cookies.keys) == ["once"])
        }
    }

    @Test("killed twice under load, with an API that has faults: everything accepted arrives or is listed")
    func underLoad() async throws {
        let behavior = SandboxBehavior(
            faults: .init(latency: 5, errorRate: 0.1), appliedErrorRate: 0.05, appliedResetRate: 0.05)
        try await withSandbox(behavior) { sandbox, url in
            let program = Program(try Workspace(), url: url)
            let clients = Clients(port: Program.freePort(), records: 80, files: 4)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await clients.submitEverything() }
                for share in [0.3, 0.6] {
                    let killed = try await program.listen(on: clients.port) { listening in
                        await clients.until(share: share)
                        listening.process.signal(SIGKILL)
                    }
                    #expect(killed.status == nil, "\(killed.errors)")
                }
                let ended = try await program.listen(on: clients.port) { listening in
                    await clients.until(share: 1)
                    let runs = try await listening.untilDone()
                    var listed: Set<String> = []
                    for run in runs where run["failed"] as? Int != 0 {
                        let id = try #require(run["run"] as? Int)
                        let failures = try await listening.get("/runs/\(id)/failures?limit=500").list("failures")
                        listed.formUnion(failures.compactMap { $0["cookie"] as? String })
                    }
                    let accepted = clients.accepted
                    #expect(accepted.count == clients.total)
                    #expect(accepted.subtracting(sandbox.cookies.keys).subtracting(listed).isEmpty)
                    #expect(Set(sandbox.cookies.keys).isSubset(of: accepted))
                    let possible = runs.reduce(0) { $0 + ($1["possible_duplicates"] as? Int ?? 0) }
                    #expect(sandbox.statistics.duplicates <= possible)
                    listening.process.signal(SIGTERM)
                }
                #expect(ended.status == 128 + Int(SIGTERM), "\(ended.errors)")
                try await group.waitForAll()
            }
        }
    }
}

/// Clients that submit until they are told that it was accepted, whatever happens to the service meanwhile.
private final class Clients: Sendable {
    let port: Int
    let total: Int
    private let records: Int
    private let files: Int
    private static let rows = 300
    private let state = Mutex(Set<String>())
    private let changes: AsyncStream<Void>
    private let changed: AsyncStream<Void>.Continuation

    init(port: Int, records: Int, files: Int) {
        self.port = port
        self.records = records
        self.files = files
        total = records + files * Self.rows
        (changes, changed) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    var accepted: Set<String> { state.withLock { $0 } }

    /// Waits until so large a part of the single records is accepted, and for the whole of everything.
    func until(share: Double) async {
        func isReached() -> Bool {
            state.withLock { accepted in
                if share == 1 { return accepted.count == total }
                return Double(accepted.count { $0.hasPrefix("record-") }) >= share * Double(records)
            }
        }
        if isReached() { return }
        for await _ in changes where isReached() { return }
    }

    func submitEverything() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for lane in 0..<8 {
                group.addTask { [self] in
                    for number in stride(from: lane, to: records, by: 8) {
                        let cookie = "record-\(number)"
                        try await insist([cookie], key: cookie) { service, headers in
                            // Every other one waits for its delivery.
                            let more = number.isMultiple(of: 2) ? ListeningProgram.async : [:]
                            return try await service.submit(cookie, headers.merging(more) { first, _ in first })
                        }
                    }
                }
            }
            for file in 0..<files {
                group.addTask { [self] in
                    let cookies = (0..<Self.rows).map { "file-\(file)-\($0)" }
                    let csv = CustomerFile.header + cookies.map { "Jane Doe,30,\($0),1\n" }.joined()
                    try await insist(cookies, key: "file \(file)") { try await $0.upload(csv, $1) }
                }
            }
            try await group.waitForAll()
        }
    }

    private func insist(
        _ cookies: [String], key: String,
        _ submit: (ListeningProgram, [String: String]) async throws -> ListeningProgram.Reply
    ) async throws {
        let service = ListeningProgram(process: Program.Process(id: 0), port: port)
        // While nobody listens a connection is refused, and when the service dies it breaks.
        try await TestSupport.until { (try? await submit(service, ["Idempotency-Key": key]))?.status == 202 }
        state.withLock { $0.formUnion(cookies) }
        changed.yield()
    }
}

import CustomerRecords
import DeliveryModel
import Foundation
import Synchronization
import Testing

@testable import TerminalKit
@testable import TerminalUI

@Suite("Effects", .timeLimit(.minutes(30)))
struct EffectTests {
    private let service = ScriptedService()

    /// Performs effects and collects events until one satisfies the condition.
    private func events(
        of effects: [Effect], preferences: String? = nil, until isLast: @escaping @Sendable (Event) -> Bool
    ) async throws -> [Event] {
        let mailbox = try Mailbox()
        let services = TerminalUIServices(delivery: service, log: EmptyLog())
        let runner = EffectRunner(
            services: services, inspector: .files(services.options), preferences: PreferencesStore(path: preferences),
            mailbox: mailbox)
        let (stream, sink) = AsyncStream.makeStream(of: Effect.self)
        return await withTaskGroup(of: [Event].self) { group in
            group.addTask {
                await runner.run(stream)
                return []
            }
            group.addTask {
                for effect in effects { sink.yield(effect) }
                var seen: [Event] = []
                while !Task.isCancelled {
                    seen += mailbox.take()
                    if seen.contains(where: isLast) { break }
                    await Task.yield()
                }
                sink.finish()
                return seen
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
    }

    @Test("the page of failures is the one around the record, wherever it stands now")
    func page() async throws {
        service.state.withLock { $0.failures = Fixture.records(1000).filter { $0.id > 100 } }
        let fetch = FailureFetch(
            request: 7, query: FailureQuery(), record: 600, row: 599, offset: 5, visible: 20, marked: [50, 601],
            mayHaveChanged: true)
        let seen = try await events(of: [.fetchFailures(fetch)]) { if case .failures = $0 { true } else { false } }
        let page = seen.compactMap { if case .failures(.success(let page)) = $0 { page } else { nil } }.first
        let answer = try #require(page)
        #expect(answer.request == 7)
        #expect(answer.count == 900)
        #expect(answer.shift == -100)
        #expect(answer.first == 414)
        #expect(answer.rows.count == 180)
        #expect(answer.gone == [50])
    }

    @Test("marks of records that are gone are dropped, however many, and a filter drops none")
    func marks() async throws {
        service.state.withLock { $0.failures = Fixture.records(1000).filter { $0.id > 100 } }
        let fetch = FailureFetch(
            request: 1, query: FailureQuery(kinds: [.rejected]), row: 0, offset: 0, visible: 20,
            marked: Set(1...200), mayHaveChanged: true)
        let seen = try await events(of: [.fetchFailures(fetch)]) { if case .failures = $0 { true } else { false } }
        let page = seen.compactMap { if case .failures(.success(let page)) = $0 { page } else { nil } }.first
        let answer = try #require(page)
        #expect(answer.count < 900, "the filter hides some")
        #expect(answer.gone == Set(1...100))
    }

    @Test("a person is erased by the cookie, and the audit is read")
    func people() async throws {
        service.state.withLock {
            $0.erasure = Fixture.erasure
            $0.audit = Fixture.audit(9)
        }
        let erased = try await events(of: [.erase(3, cookie: "c-1", isDryRun: true)]) {
            if case .erased(3, isDryRun: true, .success(Fixture.erasure)) = $0 { true } else { false }
        }
        #expect(!erased.isEmpty && service.calls == [#"erase ["c-1"] as a dry run"#])
        let query = AuditQuery(run: RunID(rawValue: 42), limit: 2)
        let seen = try await events(of: [.readAudit(query)]) { if case .audit(query, _) = $0 { true } else { false } }
        let answers = seen.compactMap { if case .audit(_, .success(let entries)) = $0 { entries.count } else { nil } }
        #expect(answers == [2])
    }

    @Test("a report that is written is audited, and one that isn't is not")
    func report() async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "tui-\(UUID().uuidString).md").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        for _ in 0..<2 {
            _ = try await events(of: [.writeReport(RunID(rawValue: 42), "# Run 42", path: path)]) {
                if case .reported = $0 { true } else { false }
            }
        }
        #expect(service.calls == ["report(run: 42)"])
    }

    @Test("scrolling looks up the rows of a page and does not read the whole list again")
    func scrolling() async throws {
        service.state.withLock { $0.failures = Fixture.records(1000) }
        let fetches = (0..<5).map { index in
            Effect.fetchFailures(
                FailureFetch(
                    request: index, query: FailureQuery(sort: .name), record: nil, row: index * 100, offset: 0,
                    visible: 20))
        }
        let pager = FailurePager(delivery: service, mailbox: try Mailbox())
        for case .fetchFailures(let fetch) in fetches { await pager.fetch(fetch) }
        #expect(
            service.calls == ["order", "failures 100", "failures 180", "failures 180", "failures 180", "failures 180"])
    }

    @Test("the first rows of a long list do not wait until all of it is ordered")
    func beginning() async throws {
        service.state.withLock { $0.failures = Fixture.records(1000) }
        let mailbox = try Mailbox()
        let pager = FailurePager(delivery: service, mailbox: mailbox)
        await pager.fetch(
            FailureFetch(request: 1, query: FailureQuery(), record: nil, row: 0, offset: 0, visible: 20))
        #expect(service.calls == ["failures 0 40", "order", "failures 100"])
        #expect(mailbox.take().count == 2)
    }

    @Test("marks over several runs become a retry a run, without the rejected ones")
    func retrySeveral() async throws {
        var other = Fixture.record(4)
        other.run = RunID(rawValue: 41)
        let records = [Fixture.record(1), Fixture.record(2), Fixture.record(3), other]
        let marks = Dictionary(uniqueKeysWithValues: records.map { ($0.id, FailuresModel.Mark($0)) })
        let seen = try await events(of: [.retry(.some(marks), FailureQuery())]) {
            if case .retried = $0 { true } else { false }
        }
        #expect(service.calls == ["retry 41 [4]", "retry 42 [1, 2]"])
        #expect(
            seen.contains { if case .retried(.success(let retried)) = $0 { retried.runs.count == 2 } else { false } })
    }

    @Test("all but a few are sent by their ids, all of every run as one retry a run")
    func retryAll() async throws {
        service.state.withLock {
            $0.failures = Fixture.records(6)
            $0.runs = [Fixture.snapshot(42, .done).summary]
        }
        _ = try await events(of: [.retry(.all(except: [2]), FailureQuery())]) {
            if case .retried = $0 { true } else { false }
        }
        #expect(service.calls.last == "retry 42 [1, 4, 5]")
        _ = try await events(of: [.retry(.all(except: []), FailureQuery())]) {
            if case .retried = $0 { true } else { false }
        }
        #expect(service.calls.last == #"retry 42 matching ["permanent", "retryable"]"#)
    }

    @Test("pacing keeps the order of the keys")
    func pacing() async throws {
        let effects = (1...50).map(Effect.setConcurrency) + [.loadHistory(before: nil)]
        _ = try await events(of: effects) { if case .history = $0 { true } else { false } }
        #expect(service.calls == (1...50).map { "concurrency \($0)" })
    }

    @Test("a refusal of the engine comes back in its own words")
    func refusal() async throws {
        service.state.withLock { $0.refusal = DeliveryError(.conflict, "nothing is left to send") }
        let seen = try await events(of: [.resume(RunID(rawValue: 3))]) { if case .done = $0 { true } else { false } }
        #expect(
            seen.contains {
                if case .done(.failure(let error)) = $0 { error.message.hasPrefix("nothing") } else { false }
            })
    }

    @Test("a login is tested with what is typed, without using it, and the answer carries its number")
    func login() async throws {
        let test = Effect.testLogin(7, url: "https://ads.example.com", key: "k")
        let seen = try await events(of: [test]) { if case .login = $0 { true } else { false } }
        #expect(service.calls == ["login https://ads.example.com"])
        #expect(seen.contains { if case .login(7, .success) = $0 { true } else { false } })
    }

    @Test("a file that was replaced while its question stood there is not sent")
    func replaced() async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "tui-\(UUID().uuidString).csv").path
        try Data("name,age,cookie,banner_id\n".utf8).write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        var request = StartRequest(path: path, filter: AgeFilter(), version: try FileVersion(path: path))
        _ = try await events(of: [.start(request)]) { if case .started = $0 { true } else { false } }
        #expect(service.calls.count == 1)
        request.version?.size += 1
        let seen = try await events(of: [.start(request)]) { if case .sourceChanged = $0 { true } else { false } }
        #expect(!seen.contains { if case .started = $0 { true } else { false } })
        #expect(service.calls.count == 1, "nothing was started")
    }

    @Test("of snapshots that nobody has looked at, only the newest is kept")
    func mailbox() throws {
        let mailbox = try Mailbox()
        for generation in 1...100 { mailbox.post(.engine(EngineSnapshot(generation: generation))) }
        let events = mailbox.take()
        #expect(events.count == 1)
        guard case .engine(let snapshot) = events[0] else { return }
        #expect(snapshot.generation == 100)
    }
}

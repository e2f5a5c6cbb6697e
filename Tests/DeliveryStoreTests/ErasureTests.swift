import CustomerRecords
import DeliveryModel
import DeliveryStore
import Foundation
import StoreTestSupport
import Testing

@Suite("Erasing people from the store")
struct ErasureTests {
    private static let erased = ErasedCookies(["gone-12345"])

    @Test(
        "removes failures of ended runs as if they were dismissed, and nothing of others", arguments: StoreKind.allCases
    )
    func failures(_ kind: StoreKind) async throws {
        let notebook = try await Notebook(kind)
        let store = notebook.store
        try await notebook.fail(["gone-12345", "kept-12345", "gone-123456"])
        let preview = try await store.erase(Self.erased, isDryRun: true)
        #expect(preview.counts == [.failures: 1] && preview.open.isEmpty)
        #expect(try await notebook.summary().undelivered == 3)
        let erasure = try await store.erase(Self.erased, isDryRun: false)
        let day = try await notebook.summary().localDay
        #expect(erasure == preview && erasure.days == [day])
        let left = try await store.failures(FailureQuery(), limit: 10)
        #expect(left.map(\.cookie) == ["kept-12345", "gone-123456"])
        let summary = try await notebook.summary()
        #expect(summary.undelivered == 2 && summary.counts.failed == 3)
        #expect(try await store.erase(Self.erased, isDryRun: false).counts.isEmpty)
        _ = try await store.overwriteErased()
    }

    @Test("finds them in rejected records without fields, and in what the API said", arguments: StoreKind.allCases)
    func text(_ kind: StoreKind) async throws {
        let notebook = try await Notebook(kind)
        let empty = RecordFields(name: "", age: "", cookie: "", bannerID: "")
        var rejects = [
            "Jane,30,gone-12345", "Jane,30,\"gone-12345\"", "Jane|30|gone-12345|1", "Jane,30,gone-123456,1",
        ].enumerated().map { index, raw in
            NewFailure(line: index + 1, kind: .rejected, reason: .malformed, message: "", fields: empty, raw: raw)
        }
        rejects.append(
            NewFailure(
                line: 9, kind: .permanent, message: "refused by the API: {\"cookie\":\"gone-12345\"}",
                fields: RecordFields(name: "Jane", age: "30", cookie: "kept", bannerID: "1")))
        try await notebook.store.commit([
            .plan(notebook.run, Notebook.batch(0, records: 0, state: .settled), rejects: rejects, rejectsBytes: 9),
            .state(notebook.run, .done, endedAt: Date()),
        ])
        #expect(try await notebook.store.erase(Self.erased, isDryRun: false).counts == [.failures: 4])
        let left = try await notebook.store.failures(FailureQuery(sort: .line), limit: 10)
        #expect(left.map(\.line) == [4, 9])
        #expect(left.last?.message == "refused by the API: {\"cookie\":\"erased\"}")
    }

    @Test("leaves open runs alone, and what they are sending, and counts it", arguments: StoreKind.allCases)
    func open(_ kind: StoreKind) async throws {
        let notebook = try await Notebook(kind)
        let store = notebook.store
        try await notebook.fail(["gone-12345", "kept-12345"])
        let retry = try #require(
            try await store.createRetry(
                Notebook.new(.retry(of: notebook.run)), of: .matching(FailureQuery()), in: notebook.run))
        let erasure = try await store.erase(Self.erased, isDryRun: false)
        // The failure that it sends, and its own copy.
        #expect(erasure.counts.isEmpty && erasure.open == [retry.run: 2])
        #expect(try await store.storedRecordCount(of: retry.run) == 2)
        try await store.commit([
            .standingOrder(retry.run, .discarded), .state(retry.run, .stopped(reason: ""), endedAt: Date()),
        ])
        let second = try await store.erase(Self.erased, isDryRun: false)
        #expect(second.counts[.failures] == 1 && second.open.isEmpty)
    }

    @Test("takes them out of stored answers, keys, and notices", arguments: StoreKind.allCases)
    func answers(_ kind: StoreKind) async throws {
        let notebook = try await Notebook(kind)
        let store = notebook.store
        let cookies = ErasedCookies(["gone-12345", "a/b/c+d=", "7"])
        func keep(_ key: String, _ text: String) async throws {
            let claim = KeyClaim(key: key, digest: [1])
            try await store.commit([.answer(claim, status: 202, Array(text.utf8), run: nil)])
        }
        try await keep("one", "{\"message\":\"Record gone-12345 sent to ShowAPI.\"}")
        try await keep("two", "{\"message\":\"Record a\\/b\\/c+d= sent to ShowAPI.\"}")
        try await keep("three", "{\"message\":\"Record 7 sent to ShowAPI.\",\"run\":7}")
        try await keep("four", "{\"message\":\"Record kept sent to ShowAPI.\",\"run\":7}")
        try await keep("key gone-12345", "{}")
        try await store.commit([
            .plan(
                notebook.run, Notebook.batch(9, records: 0, state: .settled), rejects: [], rejectsBytes: 0,
                notices: [Notice(.sentBefore, count: 2, example: "gone-12345")]),
            .state(notebook.run, .done, endedAt: Date()),
        ])
        let erasure = try await store.erase(cookies, isDryRun: false)
        #expect(erasure.counts == [.storedAnswers: 4, .notices: 1])
        func answer(_ key: String) async throws -> String? {
            try await store.idempotencyKey(key, keptSince: .distantPast).map {
                String(decoding: $0.answer, as: UTF8.self)
            }
        }
        #expect(try await answer("one") == "{\"message\":\"Record erased sent to ShowAPI.\"}")
        #expect(try await answer("two") == "{\"message\":\"Record erased sent to ShowAPI.\"}")
        #expect(try await answer("three") == "{\"message\":\"Record erased sent to ShowAPI.\",\"run\":7}")
        #expect(try await answer("four") == "{\"message\":\"Record kept sent to ShowAPI.\",\"run\":7}")
        #expect(try await answer("key gone-12345") == nil)
        #expect(try await notebook.summary().notices.map(\.example) == ["erased"])
    }

    @Test(
        "words are told from parts of words",
        arguments: [
            ("gone-12345", true), ("x gone-12345.", true), ("\"gone-12345\"", true), ("(gone-12345)", true),
            ("a,gone-12345;b", true), ("gone-123456", false), ("xgone-12345", false), ("gone-1234", false), ("", false),
        ])
    func words(text: String, isFound: Bool) { #expect(Self.erased.isFound(in: text) == isFound) }
}

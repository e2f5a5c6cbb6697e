import CustomerRecords
import DeliveryModel
import DeliveryStore
import Foundation
import StoreTestSupport
import Testing

@Suite("Failures are found, ordered and paged")
struct FailureQueryTests {
    @Test("what the user types is text, never a pattern or SQL", arguments: StoreKind.allCases)
    func text(_ kind: StoreKind) async throws {
        let notebook = try await Notebook(kind)
        try await notebook.fail(["50%", "50x", "a_b", "axb", "it's", "back\\slash", "ŽOFIE"])
        for (text, expected) in [
            ("50%", ["50%"]), ("a_b", ["a_b"]), ("'", ["it's"]), ("\\", ["back\\slash"]), ("A_B", ["a_b"]),
            ("žof", ["ŽOFIE"]), ("nothing", []),
        ] {
            let found = try await notebook.store.failures(FailureQuery(text: text), limit: 10)
            #expect(found.map(\.cookie) == expected, "\(text)")
        }
    }

    @Test(
        "numbers are ordered as numbers, equal ones by their arrival, and each knows its position",
        arguments: StoreKind.allCases)
    func order(_ kind: StoreKind) async throws {
        let notebook = try await Notebook(kind)
        let ages = [100, 9, 30, 9, 25]
        try await notebook.plan(Notebook.batch(0, records: ages.count))
        let failures = ages.enumerated().map { index, age in
            var failure = Notebook.failure(String(index), line: index + 1)
            failure.fields.age = String(age)
            return failure
        }
        try await notebook.store.commit([
            .fail(notebook.run, sequence: 0, records: 0..<ages.count, isWhole: true, failures: failures)
        ])
        for ascending in [true, false] {
            let query = FailureQuery(sort: .age, ascending: ascending)
            let found = try await notebook.store.failures(query, limit: 10)
            #expect(found.map(\.cookie) == (ascending ? ["1", "3", "4", "2", "0"] : ["0", "2", "4", "1", "3"]))
            let order = try await notebook.store.failureOrder(query)
            #expect(order == found.map(\.id))
            #expect(try await notebook.store.failures(ids: order.reversed()) == found.reversed())
        }
    }

    @Test("pages follow each other without a gap, also where a walk needs several", arguments: StoreKind.allCases)
    func pages(_ kind: StoreKind) async throws {
        let notebook = try await Notebook(kind)
        let cookies = (0..<4500).map(String.init)
        try await notebook.fail(cookies)
        let walked = Collected()
        try await notebook.store.forEachFailure(FailureQuery(run: notebook.run)) { walked.append($0.cookie) }
        #expect(walked.values == cookies)
        let page = try await notebook.store.failures(FailureQuery(run: notebook.run), offset: 4490, limit: 100)
        #expect(page.map(\.cookie) == Array(cookies.suffix(10)))
    }

    @Test(
        "a walk skips nothing while a retry takes records out of the list", arguments: StoreKind.allCases,
        [true, false])
    func shrinking(_ kind: StoreKind, _ ascending: Bool) async throws {
        let notebook = try await Notebook(kind)
        try await notebook.fail((0..<100).map(String.init))
        let retry = try #require(
            try await notebook.store.createRetry(
                Notebook.new(.retry(of: notebook.run)), of: .matching(FailureQuery()), in: notebook.run))
        var batch = Notebook.batch(0, records: 100)
        batch.start = SourcePosition(offset: 0, line: 1)
        batch.end = SourcePosition(offset: 100, line: 1)
        try await notebook.store.commit([.plan(retry.run, batch, rejects: [], rejectsBytes: 0)])
        let query = FailureQuery(run: notebook.run, ascending: ascending)
        var seen: [String] = []
        var last: Int64?
        while case let page = try await notebook.store.failures(query, after: last, limit: 10), !page.isEmpty {
            seen += page.map(\.cookie)
            last = page.last?.id
            // What was shown is delivered, the record that the next page begins behind, too.
            let first = ascending ? seen.count - 10 : 100 - seen.count
            try await notebook.store.commit([
                .markRecovered(retry.run, sequence: 0, records: first..<first + 10)
            ])
        }
        let all = (0..<100).map { String($0) }
        let expected = ascending ? all : all.reversed()
        #expect(seen == expected)
        #expect(try await notebook.store.failureCount(query) == 0)
    }

    @Test("classes and runs are kept apart", arguments: StoreKind.allCases)
    func classes(_ kind: StoreKind) async throws {
        let notebook = try await Notebook(kind)
        try await notebook.plan(Notebook.batch(0, records: 2))
        try await notebook.store.commit([
            .fail(
                notebook.run, sequence: 0, records: 0..<2, isWhole: true,
                failures: [Notebook.failure("a", kind: .permanent), Notebook.failure("b")])
        ])
        let other = try await notebook.store.create(Notebook.new())
        for (query, expected) in [
            (FailureQuery(kinds: [.permanent]), ["a"]), (FailureQuery(kinds: [.retryable]), ["b"]),
            (FailureQuery(kinds: [.rejected]), []), (FailureQuery(run: other), []),
            (FailureQuery(run: notebook.run, kinds: [.permanent, .retryable]), ["a", "b"]),
        ] {
            #expect(try await notebook.store.failures(query, limit: 10).map(\.cookie) == expected)
            #expect(try await notebook.store.failureCount(query) == expected.count)
        }
    }
}

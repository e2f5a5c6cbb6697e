import CustomerRecords
import DeliveryModel
import Foundation
import Testing

@testable import ConnectorCommands

@Suite("A summary says the same to scripts and people")
struct SummaryTests {
    private static let summary = RunSummary(
        id: RunID(rawValue: 7), source: .file(path: "/data/ä \"b\".csv"), state: .done,
        counts: RunCounts(
            rejected: 5, filtered: 4, sent: 1000, failed: 3, pending: 0,
            reasons: [.name: 2, .bannerID: 3, .ageFilter: 4, .cookie: 0]),
        recovered: 1, possibleDuplicates: 20, recordsInDoubt: 4, requests: 12, retries: 2,
        statuses: ["200": 10, "timeout": 2],
        seconds: 1.23456, startedAt: Date(timeIntervalSince1970: 0), unsentFile: "/state/unsent.csv")

    private static func object(_ summary: RunSummary) throws -> [String: Any] {
        let text = try SummaryJSON.text(summary)
        #expect(!text.contains("\n"))
        return try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    @Test("as JSON it has its keys in one line; read is the sum of the others")
    func json() throws {
        let object = try Self.object(Self.summary)
        #expect(object.count == 32)
        #expect(object["run"] as? Int == 7)
        #expect(object["source"] as? String == "/data/ä \"b\".csv")
        #expect(object["state"] as? String == "done")
        #expect(object["read"] as? Int == 1012)
        #expect(object["possible_duplicates"] as? Int == 20)
        #expect(object["seconds"] as? Double == 1.235)
        #expect(object["reasons"] as? [String: Int] == ["name": 2, "banner_id": 3, "age_filter": 4])
        #expect(object["statuses"] as? [String: Int] == ["200": 10, "timeout": 2])
        #expect(object["unsent_file"] as? String == "/state/unsent.csv")
    }

    @Test("names of files change no terminal: JSON escapes what might, and people see a mark instead")
    func names() throws {
        var summary = Self.summary
        summary.source = .file(path: "a\u{1b}[31m\u{9b}\u{202e}\nb.csv")
        let json = try SummaryJSON.text(summary)
        #expect(Console.visible(json, isLine: true) == json)
        #expect(try Self.object(summary)["source"] as? String == "a\u{1b}[31m\u{9b}\u{202e}\nb.csv")
        #expect(SummaryText.lines(summary)[0].hasPrefix("Run 7 · a\u{fffd}[31m\u{fffd}\u{fffd}\u{fffd}b.csv: done"))
    }

    @Test("what is not there is null, not left out")
    func null() throws {
        var summary = Self.summary
        summary.id = RunID(rawValue: 0)
        summary.unsentFile = nil
        let object = try Self.object(summary)
        #expect(object["run"] is NSNull)
        #expect(object["unsent_file"] is NSNull)
    }

    @Test(
        "each state has its word",
        arguments: [
            (RunState.preparing, "running"), (.running, "running"), (.finishing, "running"), (.paused, "paused"),
            (.waiting(reason: "r", until: nil), "waiting"), (.done, "done"), (.stopped(reason: "r"), "stopped"),
            (.failed(reason: "r"), "failed"), (.refused(reason: "r"), "failed"), (.dryRun, "dry_run"),
            (.skipped, "skipped"),
        ])
    func states(_ state: RunState, _ word: String) throws {
        var summary = Self.summary
        summary.state = state
        #expect(try Self.object(summary)["state"] as? String == word)
    }

    @Test("as text it shows the sum, what was not sent and why, and what to do next")
    func text() {
        let text = SummaryText.lines(Self.summary).joined(separator: "\n")
        #expect(
            text.contains("read 1,012 = rejected 5 + filtered 4 + sent 1,000 + failed 3 + pending 0"), "\(text)")
        #expect(text.contains("name 2") && text.contains("banner_id 3") && text.contains("age_filter 4"))
        #expect(text.contains("4 records may have arrived more than once"))
        #expect(text.contains("/state/unsent.csv"))
        #expect(text.contains("data-connector retry 7"))
        #expect(text.contains("rejected records: data-connector failures 7 --rejected"))
        var stopped = Self.summary
        stopped.state = .stopped(reason: "by hand")
        #expect(SummaryText.lines(stopped).last?.contains("data-connector resume 7") == true)
        // Its rest can't be read; what failed before can still be sent.
        stopped.state = .refused(reason: "the gzip data are cut off")
        #expect(SummaryText.lines(stopped).last?.contains("data-connector retry 7") == true)
    }
}

import CustomerRecords
import DeliveryModel
import Foundation

@testable import TerminalKit
@testable import TerminalUI

extension Fixture {
    static let entries: [Browser.Entry] = [
        Browser.Entry(name: "archive", isFolder: true, size: 4096, modified: now.addingTimeInterval(-90_000)),
        Browser.Entry(name: "customers.csv", isFolder: false, size: 1_104_332, modified: now),
        Browser.Entry(name: "messy.csv", isFolder: false, size: 12_044, modified: now),
        Browser.Entry(
            name: "unicode-names.csv", isFolder: false, size: 8_120, modified: now.addingTimeInterval(-1_900_000)),
        Browser.Entry(name: ".secret.csv", isFolder: false, size: 99, modified: now),
    ]

    static let columns = SourceColumns(
        columns: [
            SourceInspection.Column(number: 1, title: "Kunde", samples: ["John Doe", "Jana Nováková", "Tom Smith"]),
            SourceInspection.Column(number: 2, title: "Alter", samples: ["25", "41", "170"]),
            SourceInspection.Column(
                number: 3, title: "Cookie-ID", samples: ["26555324-53df-4eb1-8835-e6c0078bb2c0", "c-2", "c-3"]),
            SourceInspection.Column(number: 4, title: "Nr", samples: ["15", "42", "7"]),
            SourceInspection.Column(number: 5, title: "Ort", samples: ["Wien", "Graz", "Linz"]),
        ], header: "5d1c", message: "customers.csv, line 1: neither a header nor a record")

    static let preview = FilePreview(
        size: 1_104_332, delimiter: .comma, hasHeader: true, hasByteOrderMark: false,
        records: [
            record(2, "John Doe", "25", "15", .valid(age: 25)), record(3, "Jane_Smith", "30", "42", .rejected(.name)),
            record(4, "Tom Novák", "17", "78", .valid(age: 17)), record(5, "李小龍", "32", "7", .valid(age: 32)),
            record(6, "Olga 😀", "x", "3", .rejected(.name)), record(7, "Petra Malá", "151", "9", .rejected(.age)),
        ], estimatedRecords: 20_111, isWhole: false)

    private static func record(
        _ line: Int, _ name: String, _ age: String, _ banner: String, _ verdict: FilePreview.Record.Verdict
    ) -> FilePreview.Record {
        FilePreview.Record(
            line: line,
            fields: RecordFields(
                name: name, age: age, cookie: "26555324-53df-4eb1-8835-e6c0078bb2c0", bannerID: banner),
            verdict: verdict)
    }

    /// 10 records of every age from 0 to 99, and 120 rejected ones.
    static let report = DryRunReport(
        bytesRead: 1_104_332, bytesTotal: 1_104_332, isFinished: true, rejections: [.name: 70, .cookie: 50],
        ages: Array(repeating: 10, count: 100) + Array(repeating: 0, count: 51))

    static func snapshot(_ id: Int64, _ state: RunState) -> RunSnapshot {
        let counts = RunCounts(
            rejected: 8117, filtered: 10_466, sent: 112_963, failed: 37, pending: state.isActive ? 450 : 0,
            reasons: [.name: 4020, .age: 2097, .cookie: 2000, .ageFilter: 10_466])
        let summary = RunSummary(
            id: RunID(rawValue: id), source: .file(path: "/home/jan/samples/customers-2026-11.csv"), state: state,
            counts: counts, possibleDuplicates: 2000, requests: 144, retries: 12,
            statuses: ["200": 131, "429": 2, "500": 9, "timeout": 3], seconds: 92,
            startedAt: now.addingTimeInterval(-92))
        return RunSnapshot(
            summary: summary, position: 710, total: 1000, estimatedRecords: 184_201, rate: 1428, peakRate: 2104,
            secondsLeft: 37, inFlight: 6, waitingRetries: 1,
            retryableFailures: 25,
            latency: LatencySummary(p50: 0.31, p95: 1.9, p99: 2.4),
            sentPerSecond: (0..<90).map { 800 + ($0 * 37) % 1300 },
            errorsPerSecond: (0..<90).map { $0 % 17 == 0 ? $0 % 5 : 0 },
            events: [
                RunEvent(time: now, severity: .warning, text: "batch 118: 503, attempt 2 of 5 in 4.0 s"),
                RunEvent(
                    time: now.addingTimeInterval(-45), severity: .error,
                    text: "batch 31: 5 attempts, 25 records to Failures"),
                RunEvent(time: now.addingTimeInterval(-91), severity: .info, text: "logged in"),
            ])
    }

    static let requestsInFlight: [RequestInFlight] = (1...6).map {
        RequestInFlight(
            id: $0, run: RunID(rawValue: 42), batch: 112 + $0, records: 1000, attempt: $0 == 2 ? 3 : 1,
            started: now.addingTimeInterval([-34, -12, -2.1, -0.8, -0.3, -0.1][$0 - 1]))
    }

    static func records(_ count: Int) -> [FailedRecord] { (1...max(1, count)).prefix(count).map { record($0) } }

    static func record(_ number: Int) -> FailedRecord {
        let kind: FailedRecord.Kind = [.rejected, .retryable, .permanent][number % 3]
        let names = ["John Doe", "Jane_Smith", "Žofie Nováková", "李小龍"]
        return FailedRecord(
            id: Int64(number), run: RunID(rawValue: 42), line: number * 7, kind: kind,
            reason: kind == .rejected ? .name : nil,
            status: kind == .rejected ? nil : kind == .retryable ? "503" : "400",
            message: kind == .rejected
                ? "the name has to be letters and spaces, at least one letter"
                : kind == .retryable ? "5 attempts, the last one answered 503" : "400: unknown visitor",
            attempts: kind == .rejected ? 0 : kind == .retryable ? 5 : 1, time: now.addingTimeInterval(-Double(number)),
            fields: RecordFields(
                name: names[number % 4], age: "\(18 + number % 60)", cookie: "26555324-53df-4eb1-8835-e6c0078bb2c0",
                bannerID: "\(number % 100)"), raw: kind == .rejected ? "raw record \(number)" : "")
    }

    static let summaries: [RunSummary] = (1...30).reversed().map { (number: Int) -> RunSummary in summary(number) }

    private static func summary(_ number: Int) -> RunSummary {
        let source: RunSource =
            number % 4 == 0 ? .upload(name: "crm.csv") : .file(path: "/data/customers-\(number).csv")
        let counts = RunCounts(
            rejected: number * 3, filtered: number * 11, sent: number * 1000, failed: number % 5,
            pending: number == 29 ? 44 : 0)
        return RunSummary(
            id: RunID(rawValue: Int64(number)), source: source,
            state: number == 29 ? .stopped(reason: "stopped by SIGTERM") : .done, counts: counts,
            seconds: Double(number), startedAt: now.addingTimeInterval(-Double(31 - number) * 7000), endedAt: now)
    }

    static let listenerSnapshot = ListenerSnapshot(
        state: .listening, address: "http://127.0.0.1:5000", authorization: "open (loopback only)", openConnections: 3,
        requests: [
            ListenerSnapshot.RouteCount(path: "/send_record", status: 202, count: 1432),
            ListenerSnapshot.RouteCount(path: "/send_record", status: 400, count: 7),
        ],
        submissions: (0..<20).map { (number: Int) -> ListenerSubmission in submission(number) })

    private static func submission(_ number: Int) -> ListenerSubmission {
        ListenerSubmission(
            time: now.addingTimeInterval(-Double(number)), method: "POST",
            path: number % 6 == 0 ? "/send_record/bulk" : "/send_record", status: number % 9 == 8 ? 400 : 202,
            run: RunID(rawValue: 42), client: "127.0.0.1")
    }

    static let erasure = ErasureReport(
        counts: [.failures: 3, .storedRecords: 1200, .rejectedFiles: 2, .log: 1],
        remainders: [
            ErasureReport.Remainder(
                "run 43 (/data/customers.csv) has not ended and contains 1: resume or discard it, then erase again.",
                isStored: true),
            ErasureReport.Remainder(
                "/data/customers.csv (read by run 42) contains 1 and is your file: remove it there yourself.",
                isStored: false),
        ])

    /// Newest first, of several runs and of none.
    static func audit(_ count: Int) -> [AuditEntry] {
        let commands: [AuditEntry.Command] = [.passWindow, .send, .setConcurrency, .retry, .erase]
        return (0..<count).map { number in
            let command = commands[number % commands.count]
            let hasRun = command != .erase && command != .setConcurrency
            return AuditEntry(
                at: now.addingTimeInterval(Double(-9000 * number)),
                by: number % 3 == 0
                    ? Operator(who: "jan@workstation", from: Operator.screen) : Operator(who: "crm", from: "10.0.0.7"),
                command, run: hasRun ? RunID(rawValue: 42) : nil,
                records: command == .setConcurrency ? nil : 20_000 - number, creation: Int64(number))
        }
    }
}

import CustomerRecords
import DeliveryModel
import Foundation
import TerminalKit

extension SourceInspector {
    /// Records of a preview: more than the tallest terminal has rows.
    private static let previewed = 200

    /// Looks into files with the rules that a run would use.
    static func files(_ options: TerminalUIServices.Options) -> SourceInspector {
        SourceInspector(
            preview: { path in try preview(path, options) },
            dryRun: { path, isWanted, report in
                try await count(path, options, isWanted: isWanted, report: report)
            })
    }

    private static func preview(_ path: String, _ options: TerminalUIServices.Options) throws -> FilePreview {
        let source = try FileSource(path: path)
        let size = source.size
        let preview: RecordPreview
        do {
            var reading = options.reading
            reading.filter = AgeFilter(minimum: 0)
            preview = try RecordPreview(of: source, limit: previewed, options: reading)
        } catch let error as SourceFormatError {
            throw DeliveryError(.source, error.message(for: Model.name(of: path)))
        }
        let isWhole = preview.isComplete
        // Judged by the length of the records that were seen.
        let bytes = preview.rows.reduce(0) { $0 + length($1) }
        let estimate = isWhole || bytes == 0 ? preview.rows.count : size * preview.rows.count / bytes
        return FilePreview(
            size: size, facts: source.facts, delimiter: preview.dialect.delimiter, hasHeader: preview.dialect.hasHeader,
            hasByteOrderMark: hasByteOrderMark(path), records: preview.rows.map(record), estimatedRecords: estimate,
            isWhole: isWhole)
    }

    private static func length(_ row: RecordPreview.Row) -> Int {
        guard row.raw.isEmpty else { return row.raw.utf8.count + 1 }
        let fields = row.fields
        return fields.name.utf8.count + fields.age.utf8.count + fields.cookie.utf8.count + fields.bannerID.utf8.count
            + 4
    }

    private static func record(_ row: RecordPreview.Row) -> FilePreview.Record {
        let fields = row.fields
        let hasFields = !(fields.name.isEmpty && fields.age.isEmpty && fields.cookie.isEmpty)
        return FilePreview.Record(
            line: fields.line, name: hasFields ? fields.name : row.raw, age: fields.age, cookie: fields.cookie,
            bannerID: fields.bannerID,
            verdict: row.reason.map { .rejected($0) } ?? .valid(age: Int(fields.age) ?? 0))
    }

    private static func hasByteOrderMark(_ path: String) -> Bool {
        guard let source = try? FileSource(path: path) else { return false }
        var bytes: [UInt8] = [0, 0, 0]
        let count = bytes.withUnsafeMutableBytes { (try? source.read(into: $0)) ?? 0 }
        return count == 3 && bytes == [0xEF, 0xBB, 0xBF]
    }

    /// Counts on a thread of its own: a file of gigabytes must not hold one of the pool's few threads.
    private static func count(
        _ path: String, _ options: TerminalUIServices.Options, isWanted: @escaping @Sendable () -> Bool,
        report: @escaping @Sendable (DryRunReport) -> Void
    ) async throws {
        try await onThread(named: "dry run", isNice: true) {
            let source = try FileSource(path: path)
            let size = source.size
            var last = ContinuousClock.now
            do {
                let result = try DryRun.count(source, options: options.reading) { soFar in
                    if ContinuousClock.now - last > .milliseconds(100) {
                        last = .now
                        report(DryRunReport(soFar, size: size, isFinished: false))
                    }
                    return isWanted()
                }
                if isWanted() { report(DryRunReport(result, size: size, isFinished: true)) }
            } catch let error as SourceFormatError {
                throw DeliveryError(.source, error.message(for: Model.name(of: path)))
            }
        }
    }
}

extension DryRunReport {
    init(_ run: DryRun, size: Int, isFinished: Bool) {
        let reasons = ReasonCode.allCases.filter { $0.isRejection && run.tally[$0] > 0 }
        self.init(
            bytesRead: run.position, bytesTotal: size, isFinished: isFinished,
            rejections: Dictionary(uniqueKeysWithValues: reasons.map { ($0, run.tally[$0]) }), ages: run.ages.bins)
    }
}

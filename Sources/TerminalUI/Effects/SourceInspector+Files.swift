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
            preview: { path, reading in try preview(path, reading, options) },
            dryRun: { path, reading, isWanted, report in
                try await count(path, reading.applied(to: options.reading), isWanted: isWanted, report: report)
            },
            columns: { path, reading in try columns(path, reading, options) },
            sample: { path, reading in try sample(path, reading, options) })
    }

    private static func preview(
        _ path: String, _ reading: FileReading, _ options: TerminalUIServices.Options
    ) throws -> FilePreview {
        let source = try InspectedFile(path: path)
        let size = source.size
        let preview: RecordPreview
        do {
            var options = reading.applied(to: options.reading)
            options.filter = AgeFilter(minimum: 0)
            preview = try RecordPreview(of: source, limit: previewed, options: options)
        } catch let error as SourceFormatError {
            if error.needsMapping, let found = try? columns(path, reading, options) {
                throw UnmappedSource(source: found)
            }
            throw DeliveryError(.source, error.message(for: Model.name(of: path)))
        }
        let isWhole = preview.isComplete
        // Only where the encoding matters the header is looked up.
        let isForeign = preview.dialect.decoding.encoding != nil || preview.notices[.notText] != nil
        let header = isForeign && preview.dialect.hasHeader ? try? headerBytes(path, reading, options) : nil
        // Judged by the length of the records that were seen.
        let bytes = preview.rows.reduce(0) { $0 + length($1) }
        let estimate = isWhole || bytes == 0 ? preview.rows.count : size * preview.rows.count / bytes
        return FilePreview(
            size: size, version: source.version, delimiter: preview.dialect.delimiter,
            hasHeader: preview.dialect.hasHeader,
            hasByteOrderMark: preview.hasByteOrderMark, encoding: preview.dialect.decoding.encoding,
            notices: preview.notices, records: preview.rows.map(record), estimatedRecords: estimate, isWhole: isWhole,
            header: header ?? "")
    }

    private static func length(_ row: RecordPreview.Row) -> Int {
        guard row.raw.isEmpty else { return row.raw.utf8.count + 1 }
        return row.customer.fields.texts.reduce(4) { $0 + $1.utf8.count }
    }

    private static func record(_ row: RecordPreview.Row) -> FilePreview.Record {
        var fields = row.customer.fields
        if fields.name.isEmpty, fields.age.isEmpty, fields.cookie.isEmpty { fields.name = row.raw }
        return FilePreview.Record(
            line: row.customer.line, fields: fields,
            verdict: row.reason.map { .rejected($0) } ?? .valid(age: Int(fields.age) ?? 0), message: row.message)
    }

    private static func columns(
        _ path: String, _ reading: FileReading, _ options: TerminalUIServices.Options
    ) throws -> SourceColumns {
        let source = try InspectedFile(path: path)
        let version = source.version
        let inspection = try SourceInspection(
            of: source, options: reading.applied(to: options.reading), samples: 20)
        var message = ""
        if case .failure(let error) = inspection.result { message = error.message(for: Model.name(of: path)) }
        guard inspection.columns.count >= KnownColumn.allCases.count else {
            let reason = version.size == 0 ? "The file is empty" : "The file has fewer than four columns"
            throw DeliveryError(.source, message.isEmpty ? reason : message)
        }
        var found = SourceColumns(
            columns: inspection.columns, header: SourceColumns.key(of: inspection.header), message: message,
            version: version, bytes: (try? headerBytes(path, reading, options)) ?? "")
        let notText = foreignText(path, found, reading, options)
        found.isText = notText == nil && !inspection.columns.contains(where: Self.isMisread)
        found.guess = EncodingGuess(notText)
        return found
    }

    private static func isMisread(_ column: SourceInspection.Column) -> Bool {
        ([column.title] + column.samples).contains { $0.contains("\u{FFFD}") }
    }

    /// What the first records say of their encoding, whichever columns are read.
    private static func foreignText(
        _ path: String, _ source: SourceColumns, _ reading: FileReading, _ options: TerminalUIServices.Options
    ) -> Notice? {
        let places = Dictionary(uniqueKeysWithValues: zip(KnownColumn.allCases, 1...))
        var options = reading.applied(to: options.reading)
        options.columns = source.mapping(places)
        options.filter = AgeFilter(minimum: 0)
        return try? RecordPreview(of: try InspectedFile(path: path), limit: previewed, options: options)
            .notices[.notText]
    }

    /// Read as Latin-1, each byte is a character of its own: the titles are the header's bytes.
    private static func headerBytes(
        _ path: String, _ reading: FileReading, _ options: TerminalUIServices.Options
    ) throws -> String {
        var options = reading.applied(to: options.reading)
        options.encoding = "iso-8859-1"
        options.columns = ColumnMapping()
        let inspection = try SourceInspection(of: try InspectedFile(path: path), options: options, samples: 0)
        return inspection.columns.isEmpty ? "" : SourceColumns.key(of: inspection.columns.map(\.title))
    }

    private static func sample(
        _ path: String, _ reading: FileReading, _ options: TerminalUIServices.Options
    ) throws -> EncodingSample {
        let inspection = try SourceInspection(
            of: try InspectedFile(path: path), options: reading.applied(to: options.reading), samples: 20)
        let rows = inspection.columns.first.map { column in
            [inspection.columns.map(\.title)]
                + column.samples.indices.map { row in
                    inspection.columns.map { row < $0.samples.count ? $0.samples[row] : "" }
                }
        }
        guard let rows else {
            if case .failure(let error) = inspection.result {
                throw DeliveryError(.source, error.message(for: Model.name(of: path)))
            }
            return EncodingSample(lines: [], isTelling: false)
        }
        func isTelling(_ text: String) -> Bool { text.utf8.contains { $0 >= 0x80 } }
        let telling = rows.map { $0.filter(isTelling) }.filter { !$0.isEmpty }
        // Of the others a word; numbers say nothing of an encoding.
        let others = rows.filter { !$0.contains(where: isTelling) }
            .compactMap { $0.first { $0.contains(where: \.isLetter) && !$0.contains(where: \.isNumber) } }.map { [$0] }
        return EncodingSample(
            lines: (telling + others).map { $0.joined(separator: " · ") }, isTelling: !telling.isEmpty)
    }

    /// Counts on a thread of its own: a file of gigabytes must not hold one of the pool's few threads.
    private static func count(
        _ path: String, _ options: ReaderOptions, isWanted: @escaping @Sendable () -> Bool,
        report: @escaping @Sendable (DryRunReport) -> Void
    ) async throws {
        try await onThread(named: "dry run", isNice: true) {
            let source = try InspectedFile(path: path)
            let size = source.size
            var last = ContinuousClock.now
            do {
                let result = try DryRun.count(source, options: options) { soFar in
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
            rejections: Dictionary(uniqueKeysWithValues: reasons.map { ($0, run.tally[$0]) }), notices: run.notices,
            ages: run.ages.bins)
    }
}

import CustomerRecords
import Foundation
import TestSupport
import Testing

/// Random sources, read by the reader and by the plain reference. A failure names the seed that makes its source.
@Suite("Random sources", .computing)
struct FuzzTests {
    /// How many times more sources than usual, from the environment. Few do for every day: they are slow to read in a
    /// debug build. `DATA_CONNECTOR_FUZZ=100 swift test -c release --filter FuzzTests` is for changes of the reader.
    static let factor = ProcessInfo.processInfo.environment["DATA_CONNECTOR_FUZZ"].flatMap(UInt64.init) ?? 1
    /// Other sources than usual, from the environment.
    private static let firstSeed = ProcessInfo.processInfo.environment["DATA_CONNECTOR_SEED"].flatMap(UInt64.init) ?? 0

    @Test("bytes without any order are read as the rules say", arguments: 0..<8 as Range<UInt64>)
    func soup(part: UInt64) {
        check(part: part, count: 25 * Self.factor) { $0.soup() }
    }

    @Test("records that are nearly right are read as the rules say", arguments: 0..<8 as Range<UInt64>)
    func records(part: UInt64) {
        check(part: part, count: 20 * Self.factor) { $0.records() }
    }

    @Test("files of many shapes are read as the rules say", arguments: 0..<8 as Range<UInt64>)
    func files(part: UInt64) {
        check(part: part, count: 20 * Self.factor) { $0.files() }
    }

    @Test(
        "the fields of a record that is sent are one row of the source under the header above it",
        arguments: 0..<8 as Range<UInt64>)
    func oneRow(part: UInt64) throws {
        for number in 0..<(15 * Self.factor) {
            let seed = Self.firstSeed &+ part &* 1_000_000 &+ number
            var generator = CSVGenerator(seed: seed)
            let bytes = generator.files()
            let options = options(&generator)
            guard let outcome = try? ReadOutcome(bytes, options: options) else { continue }
            let rows = Rows(bytes, delimiter: outcome.dialect.delimiter)
            for customer in outcome.customers where !rows.hold(customer) {
                Issue.record(
                    "seed \(seed), \(options): \(customer) is not a row of \(String(decoding: bytes, as: UTF8.self))")
                return
            }
        }
    }

    @Test("a source reads the same in each encoding and compressed", arguments: 0..<4 as Range<UInt64>)
    func encodings(part: UInt64) throws {
        for number in 0..<(3 * Self.factor) {
            let seed = Self.firstSeed &+ part &* 1_000_000 &+ number
            var generator = CSVGenerator(seed: seed)
            let bytes = generator.files()
            let options = options(&generator)
            let text = String(decoding: bytes, as: UTF8.self)
            let plain = Result { try ReadOutcome(bytes, options: options) }
            for source in [
                EncodedBytes.gzip(bytes), EncodedBytes.utf16(text), EncodedBytes.utf16(text, isBigEndian: true),
                EncodedBytes.gzip(EncodedBytes.utf16(text)),
            ] {
                let found = Result { try ReadOutcome(source, options: options, chunk: 97) }
                let same: Bool
                switch (plain, found) {
                case (.success(let plain), .success(let found)):
                    same =
                        plain.customers == found.customers && plain.reasons == found.reasons
                        && plain.fault == found.fault
                case (.failure, .failure): same = true
                default: same = false
                }
                if !same { Issue.record("seed \(seed), \(options): \(found) instead of \(plain)") }
            }
        }
    }

    @Test("pieces as long as the bounds of a record are read as the rules say", arguments: 0..<4 as Range<UInt64>)
    func longPieces(part: UInt64) {
        check(part: part, count: Self.factor) { $0.longPieces() }
    }

    private func check(part: UInt64, count: UInt64, _ make: (inout CSVGenerator) -> [UInt8]) {
        for number in 0..<count {
            let seed = Self.firstSeed &+ part &* 1_000_000 &+ number
            var generator = CSVGenerator(seed: seed)
            let bytes = make(&generator)
            let options = options(&generator)
            let chunk = bytes.count > 10_000 ? 777 : [1, 2, 3, 7, 64, .max].randomElement(using: &generator)!
            let expected = Result { try ReadOutcome(reference: bytes, options: options) }
            let found = Result { try ReadOutcome(bytes, options: options, chunk: chunk) }
            if let difference = difference(found, expected) {
                Issue.record("seed \(seed), \(options): \(difference)")
                return
            }
        }
    }

    private func options(_ generator: inout CSVGenerator) -> ReaderOptions {
        ReaderOptions(
            filter: AgeFilter(minimum: Bool.random(using: &generator) ? 18 : 0, maximum: 100),
            rules: RecordRules(
                nameFormat: RecordRules.NameFormat.allCases.randomElement(using: &generator)!,
                cookieFormat: Int.random(in: 0..<5, using: &generator) == 0 ? .uuid : .any,
                rejectsSuspicious: Int.random(in: 0..<4, using: &generator) == 0),
            delimiter: Int.random(in: 0..<4, using: &generator) == 0
                ? Delimiter.allCases.randomElement(using: &generator)! : nil,
            batchSize: Int.random(in: 1...4, using: &generator),
            hasNoHeader: Int.random(in: 0..<3, using: &generator) == 0,
            allowsShortRows: Int.random(in: 0..<4, using: &generator) == 0)
    }

    /// The first thing that differs, because the whole would fill the screen.
    private func difference(
        _ found: Result<ReadOutcome, any Error>, _ expected: Result<ReadOutcome, any Error>
    ) -> String? {
        switch (found, expected) {
        case (.success(let found), .success(let expected)):
            return difference(found, expected)
        case (.failure(let found as SourceFormatError), .failure(let expected as SourceFormatError)):
            return ReadOutcome.Fault(found) == ReadOutcome.Fault(expected) ? nil : "\(found) instead of \(expected)"
        default:
            return "\(found) instead of \(expected)"
        }
    }

    private func difference(_ found: ReadOutcome, _ expected: ReadOutcome) -> String? {
        if found == expected { return nil }
        if found.fault != expected.fault {
            return "\(String(describing: found.fault)) instead of \(String(describing: expected.fault))"
        }
        var (foundDialect, expectedDialect) = (found.dialect, expected.dialect)
        (foundDialect.notices, expectedDialect.notices) = ([], [])
        (foundDialect.showsUTF8, expectedDialect.showsUTF8) = (false, false)
        if foundDialect != expectedDialect { return "\(found.dialect) instead of \(expected.dialect)" }
        for (found, expected) in zip(found.batches, expected.batches) where found != expected {
            return "\(found) instead of \(expected)"
        }
        for (found, expected) in zip(found.rejections, expected.rejections) where found != expected {
            return "line \(found.line) \(found.reason) \(found.raw.count) bytes "
                + "instead of line \(expected.line) \(expected.reason) \(expected.raw.count) bytes"
        }
        return "\(found.batches.count) batches, \(found.rejections.count) rejections instead of "
            + "\(expected.batches.count), \(expected.rejections.count)"
    }
}

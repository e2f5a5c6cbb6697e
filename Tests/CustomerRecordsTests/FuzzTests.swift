import CustomerRecords
import Foundation
import Testing

/// Random sources, read by the reader and by the plain reference. A failure names the seed that makes its source.
@Suite("Random sources")
struct FuzzTests {
    /// How many times more sources than usual, from the environment.
    private static let factor = ProcessInfo.processInfo.environment["DATA_CONNECTOR_FUZZ"].flatMap(UInt64.init) ?? 1
    /// Other sources than usual, from the environment.
    private static let firstSeed = ProcessInfo.processInfo.environment["DATA_CONNECTOR_SEED"].flatMap(UInt64.init) ?? 0

    @Test("bytes without any order are read as the rules say", arguments: 0..<8 as Range<UInt64>)
    func soup(part: UInt64) {
        check(part: part, count: 600 * Self.factor) { $0.soup() }
    }

    @Test("records that are nearly right are read as the rules say", arguments: 0..<8 as Range<UInt64>)
    func records(part: UInt64) {
        check(part: part, count: 400 * Self.factor) { $0.records() }
    }

    @Test("pieces as long as the bounds of a record are read as the rules say", arguments: 0..<4 as Range<UInt64>)
    func longPieces(part: UInt64) {
        check(part: part, count: 2 * Self.factor) { $0.longPieces() }
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
                nameFormat: Int.random(in: 0..<5, using: &generator) == 0 ? .ascii : .letters,
                cookieFormat: Int.random(in: 0..<5, using: &generator) == 0 ? .uuid : .any),
            delimiter: Int.random(in: 0..<4, using: &generator) == 0
                ? Delimiter.allCases.randomElement(using: &generator)! : nil,
            batchSize: Int.random(in: 1...4, using: &generator))
    }

    /// The first thing that differs, because the whole would fill the screen.
    private func difference(
        _ found: Result<ReadOutcome, any Error>, _ expected: Result<ReadOutcome, any Error>
    ) -> String? {
        switch (found, expected) {
        case (.success(let found), .success(let expected)):
            return difference(found, expected)
        case (.failure(let found as SourceFormatError), .failure(let expected as SourceFormatError)):
            return found == expected ? nil : "\(found) instead of \(expected)"
        default:
            return "\(found) instead of \(expected)"
        }
    }

    private func difference(_ found: ReadOutcome, _ expected: ReadOutcome) -> String? {
        if found == expected { return nil }
        if found.dialect != expected.dialect { return "\(found.dialect) instead of \(expected.dialect)" }
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

import CustomerRecords
import DeliveryModel
import DeliveryStore
import Foundation
import SystemPackage

/// Reads a whole source before anything of it is sent, and refuses it when more of its records are rejected than its
/// sender allows.
struct QualityGate: Sendable {
    /// What is known of a refused source.
    struct Refusal: Sendable {
        var error: DeliveryError
        var tally: RecordTally
        var notices: [Notice]
        var end: SourcePosition
        var rejects: RejectedFile.Checkpoint
        /// Where its rejected records were written.
        var rejectedFile: FilePath
    }

    let file: SourceFile
    let name: RunSource
    let options: ReaderOptions
    let dialect: CSVDialect
    let spool: FilePath

    /// - Returns: `nil` for a source that passes.
    func check() throws -> Refusal? {
        guard let limit = options.maximumRejected else { return nil }
        let path = spool.appending(SpoolName.newRejects())
        var isKept = false
        defer { if !isKept { unlink(path.string) } }
        var rejected = RejectedFile(
            path: path, dialect: dialect, rules: options.rules, wording: name.wording, holdsJSON: name.holdsJSON,
            length: 0, alreadyKept: 0)
        var open = options
        open.filter = AgeFilter(minimum: 0)
        open.repeats = .send
        var reader = RecordReader(source: FileSource(file), options: open)
        let result = try DryRun.count(&reader, rejects: &rejected)
        let outcome = result.counts(for: options.filter)
        guard !limit.allows(rejected: outcome.tally.rejected, of: result.read) else { return nil }
        isKept = true
        let reasons = ReasonCode.allCases.filter(\.isRejection)
        let worst = reasons.max { outcome.tally[$0] < outcome.tally[$1] } ?? .malformed
        let fault = SourceFormatError(
            .tooManyRejected(
                rejected: outcome.tally.rejected, read: result.read, limit: limit.text, reason: worst.rawValue), line: 1
        )
        return Refusal(
            error: name.fault(fault), tally: outcome.tally, notices: result.notices,
            end: reader.position, rejects: try rejected.checkpoint(), rejectedFile: path)
    }
}

import CustomerRecords
import DeliveryModel
import DeliveryStore
import Foundation
import SystemPackage

/// Sources that their sender does not want to be sent.
extension Engine {
    /// Notes a refused source as a run of which nothing was sent, with its rejected records, and says why.
    func refuse(_ new: NewRun, _ refusal: QualityGate.Refusal) async throws(DeliveryError) -> DeliveryError {
        var new = new
        new.state = .refused(reason: refusal.error.message)
        new.notices = refusal.notices
        let id = try await journal.create(new)
        let target = directory.rejected(of: id)
        try StateDirectory.createFolder(target.removingLastComponent())
        if rename(refusal.rejectedFile.string, target.string) != 0 { unlink(refusal.rejectedFile.string) }
        // The stretch without a record to be sent is the whole source: there is nothing to resume.
        let row = BatchRow(
            sequence: 0, state: .settled, start: new.dialect?.firstRecord ?? .start, end: refusal.end, checksum: 0,
            records: 0, tally: refusal.tally)
        try await commits.commit([
            .plan(id, row, rejects: refusal.rejects.kept, rejectsBytes: refusal.rejects.length),
            .compact(id, before: 1),
            .state(id, .refused(reason: refusal.error.message), endedAt: Date()),
        ])
        return refusal.error
    }
}

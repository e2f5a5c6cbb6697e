import DeliveryModel
import DeliveryStore
import Logging

/// How work begins again after the journal could not be written.
extension Engine {
    /// Tries whether the journal can be written again. Runs that the fault ended are not gone on with by themselves.
    /// - Returns: whether there was a fault and it is mended.
    public func recover() async -> Bool {
        // What ended with the fault has to be at its end before anything begins.
        guard journalFault != nil, turns.isEmpty else { return false }
        do {
            try await journal.checkWritable()
        } catch {
            return false
        }
        guard journalFault != nil, turns.isEmpty else { return false }
        journalFault = nil
        journal.beginCommits()
        // Nobody answers any more for what the fault cut off.
        isIntending = false
        splitting = 0
        logger.notice("the journal can be written again")
        publish()
        return true
    }
}

import DeliveryModel
import DeliveryStore

/// How work begins again after the journal could not be written.
extension Engine {
    /// Tries whether the journal can be written again. Runs of a service continue by themselves then.
    /// - Returns: whether there was a fault and it is over.
    public func recover() async -> Bool {
        // What ended with the fault has to be at its end before anything begins.
        guard scheduler.mayRecover else { return false }
        do {
            try await journal.checkWritable()
        } catch {
            return false
        }
        guard scheduler.mayRecover else { return false }
        journal.beginCommits()
        tell(.journalRecovered)
        return true
    }
}

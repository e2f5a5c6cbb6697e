import DeliveryModel

/// How much may be under way, and to which API.
extension DeliveryScheduler {
    mutating func setConcurrency(_ maximum: Int, at moment: Moment) {
        policy.concurrency = PacingLimits.allowed(concurrency: maximum)
        pacing.setMaximum(policy.ownConcurrency)
        for run in roundRobin { giveRoom(run) }
        act(.publish)
        pump(at: moment)
    }

    mutating func setRate(_ maximum: Int?, at moment: Moment) {
        policy.rate = maximum.map { max(1, $0) }
        if policy.share == nil { pacing.recordRate.maximum = policy.rate }
        act(.publish)
        pump(at: moment)
    }

    /// Another API: nothing that was learned of the old one holds.
    mutating func setAPI(at moment: Moment) throws(DeliveryError) {
        guard isIdle, queue.isEmpty, creations == 0 else {
            throw DeliveryError(.conflict, "Runs are active: stop them before you change the API's address.")
        }
        hasAPI = true
        pacing = Pacing(concurrency: policy.ownConcurrency, rate: policy.ownRate)
        shownHold = nil
        shownHoldPastWindow = nil
        daily?.forget()
        act(.publish)
    }
}

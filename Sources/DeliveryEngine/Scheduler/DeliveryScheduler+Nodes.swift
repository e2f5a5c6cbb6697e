import DeliveryModel

/// What several processes that send to one API have in common.
extension DeliveryScheduler {
    /// Keeps to a share of what all of them together may use.
    mutating func use(_ share: NodeShare, of limits: ClusterLimits, at moment: Moment) {
        policy.concurrency = limits.concurrency
        policy.rate = limits.rate
        policy.share = share
        if policy.dailyLimit != limits.dailyLimit {
            policy.dailyLimit = limits.dailyLimit
            daily = DailyLimit(most: limits.dailyLimit, zone: policy.window?.zone)
        }
        pacing.setMaximum(share.concurrency)
        pacing.recordRate.change(to: share.rate, now: moment.instant)
        for run in roundRobin { giveRoom(run) }
        act(.publish)
        pump(at: moment)
    }

    /// The API asked another process for a pause.
    mutating func pauseAskedOfAnother(_ pause: Duration, at moment: Moment) {
        pauseAskedFor(pause, nil, at: moment)
        pump(at: moment)
    }
}

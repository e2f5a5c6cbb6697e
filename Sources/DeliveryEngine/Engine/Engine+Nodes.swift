import CustomerRecords
public import DeliveryModel
public import DeliveryStore

extension Engine {
    /// Whether this process sees a source with the content that it had; what the store holds it always does.
    public nonisolated func canRead(_ source: LocatedSource) -> Bool {
        guard case .file(let path) = source.location else { return true }
        guard let known = source.fingerprint, let file = try? SourceFile(path), let present = try? file.fingerprint()
        else { return false }
        return present.isAlike(known)
    }

    /// Requests in flight now.
    public var requestsInFlight: Int { scheduler.pacing.inFlight }

    /// The limits as the engine was told last, by `use` or by an operator.
    public var limits: ClusterLimits {
        let policy = scheduler.policy
        return ClusterLimits(concurrency: policy.concurrency, rate: policy.rate, dailyLimit: policy.dailyLimit)
    }

    /// Keeps to a share of what all processes together may use.
    public func use(_ share: NodeShare, of limits: ClusterLimits) {
        decide { $0.use(share, of: limits, at: $1) }
    }

    /// Counts what other processes sent today, when there is a limit of records a day.
    public func countOthers() async {
        guard let day = scheduler.daily?.countedDay,
            let records = try? await journal.recordsSent(to: api?.address, in: day)
        else { return }
        decide { scheduler, moment in
            scheduler.daily?.learned(records, of: day)
            scheduler.pump(at: moment)
        }
    }

    /// The store went away, or is back.
    public func showAbsence() { publish() }

    /// Lets nothing leave for a while, since the API asked another process for it.
    public func pause(for duration: Duration) {
        decide { $0.pauseAskedOfAnother(duration, at: $1) }
    }
}

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
        return ClusterLimits(
            concurrency: policy.concurrency, rate: policy.rate, dailyLimit: policy.dailyLimit,
            window: policy.window?.zonedText)
    }

    /// Keeps to a share of what all processes together may use.
    public func use(_ share: NodeShare, of limits: ClusterLimits) {
        decide { $0.use(share, of: limits, at: $1) }
    }

    /// Reads how many records all nodes sent today, when there is a limit of records a day.
    public func refreshSentToday() async {
        guard let day = scheduler.daily?.countedDay,
            let records = try? await journal.recordsSent(to: api?.address, in: day)
        else { return }
        decide { scheduler, moment in
            scheduler.daily?.learned(records, of: day)
            scheduler.pump(at: moment)
        }
    }

    /// Whether this process works on a run, or will by itself.
    public func isActive(_ run: RunID) -> Bool { scheduler.isActive(run) }

    /// Another node took over: drops every run, and starts again with what this node is given.
    public func dropRuns(because error: DeliveryError) { tell(.commitFailed(nil, error)) }

    /// Ends work on what another process can deliver, since this one can't.
    public func yieldRuns(because reason: String) { decide { $0.yieldRuns(because: reason, at: $1) } }

    /// What has come to its end for that and may be given away; none of it is opened here before `gaveAway` names it.
    public var yieldedRuns: [RunID] { scheduler.yielded.sorted() }

    /// Runs of `yieldedRuns` belong to nobody now, or to another process.
    public func gaveAway(_ runs: [RunID]) { decide { scheduler, _ in scheduler.gaveAway(runs) } }

    /// The store went away, or is back: the front ends show that.
    public func showAbsence() { publish() }

    /// Requests a second that the API is known to take from this process; `nil` before it refused any.
    public var learnedRate: Double? { scheduler.learnedRate }

    /// Another process has learned what the API takes: this one sends that part of it.
    public func adoptRate(_ rate: Double) { decide { $0.adoptRate(rate, at: $1) } }

    /// Gives a part of what it has learned to other processes, or takes theirs over.
    public func scaleRate(by factor: Double) { decide { $0.scaleRate(by: factor, at: $1) } }

    /// Lets nothing leave for a while, since the API asked another process for it.
    public func throttle(for duration: Duration) {
        decide { $0.throttle(for: duration, at: $1) }
    }
}

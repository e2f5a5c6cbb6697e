public import CustomerRecords
public import DeliveryModel
import DeliveryStore
import Foundation

/// How runs begin, and the operator's commands to them.
extension Engine {
    public func start(_ request: RunRequest) async throws(DeliveryError) -> RunID {
        try scheduler.checkReady()
        scheduler.beginCreating()
        defer { decide { scheduler, _ in scheduler.endCreating() } }
        try freeSpace.check()
        var options = request.options
        options.batchSize = scheduler.policy.batchSize(options.batchSize)
        let source = try await PreparedSource(
            request.source, options: options, spool: directory.spool, freeSpace: freeSpace)
        var notices = source.dialect.notices
        if case .file = request.source, Self.asker.from != Operator.dropFolder, source.fingerprint.size > 0,
            let open = try await openRun(of: source.fingerprint, named: source.name, options: options)
        {
            notices.append(Notice(.openRun, example: "run \(open)"))
        }
        let new = NewRun(
            source: source.name, location: source.location, fingerprint: source.fingerprint, dialect: source.dialect,
            options: options, startedAt: Date(), binding: binding, owner: configuration.owner,
            submittedBy: request.submittedBy ?? Self.asker.who, notices: notices, audit: Self.creating(.send))
        if let refusal = source.refusal {
            defer { if case .file = request.source, source.isOwned { unlink(source.file.path) } }
            throw try await refuse(new, refusal)
        }
        let id = try await journal.create(new, claim: request.claim)
        if let trace = TraceContext.current { traces.note(trace, of: id) }
        let run = OpenedRun(id, new, ownsFile: source.isOwned, total: source.total)
        begin(run) { [self, options, notices] in
            let beginning = RunReader.Continuation(
                dialect: source.dialect, position: source.dialect.firstRecord, size: source.fingerprint.size,
                notices: notices)
            await RunReader.read(
                source.file, named: source.name, options: options, from: beginning, run: id, engine: self)
        }
        return id
    }

    /// Reads a new run now, or leaves it to be opened when it has its turn.
    private func begin(_ run: OpenedRun, _ read: @escaping Job) {
        guard decide({ $0.created(run, at: $1) }) else { return }
        keepPublishing()
        start(read)
    }

    /// Continues a run that was paused, stopped, failed, or interrupted by a crash.
    public func resume(_ run: RunID) async throws(DeliveryError) {
        if try await relayed(.resume, run) != nil { return }
        await untilStopped(run)
        guard try decide({ (scheduler, moment) throws(DeliveryError) in try scheduler.claim(run, at: moment) }) == .read
        else { return try await note(.resume, run: run) }
        do throws(DeliveryError) {
            tell(.opened(try await load(run)))
        } catch {
            tell(.openingFailed(run, error))
            throw error
        }
        try await note(.resume, run: run)
    }

    /// What an operator has just stopped is continued when that has come to its end, not refused.
    private func untilStopped(_ run: RunID) async {
        guard scheduler.isStopping(run) else { return }
        for await _ in snapshots() where !scheduler.isStopping(run) { return }
    }

    /// Continues a run whose turn has come.
    func open(_ run: RunID) async {
        do throws(DeliveryError) {
            tell(.opened(try await load(run)))
        } catch {
            tell(.openingFailed(run, error))
        }
    }

    /// Reads what the journal knows of a run and opens its source. The scheduler gives a run to one caller at a time.
    private func load(_ run: RunID) async throws(DeliveryError) -> OpenedRun {
        guard let summary = try await journal.run(run) else { throw DeliveryError.unknownRun(run) }
        guard summary.isResumable else {
            let why =
                summary.standingOrder == .discarded
                ? "was discarded: it is over for good" : "is done: nothing is left to send"
            throw DeliveryError(.conflict, "Run \(run) \(why).")
        }
        guard let source = try await journal.source(of: run) else { throw DeliveryError.unknownRun(run) }
        let file = try directory.path(of: source.location).map { path throws(DeliveryError) in try SourceFile(path) }
        let present = try file?.fingerprint()
        var isCompleted = false
        if let file, let present, let known = source.fingerprint, !present.isAlike(known) {
            isCompleted = try file.completes(known)
            if !isCompleted {
                throw DeliveryError(
                    .source,
                    "\(file.path) changed since run \(run) began: nothing more was sent. Put the old file back, or "
                        + "start a new run with the changed one.")
            }
        }
        guard var resumable = try await journal.reopen(run, by: configuration.owner, for: binding) else {
            throw DeliveryError.unknownRun(run)
        }
        let total: Int? =
            if let file {
                resumable.dialect?.decoding.isPlain == false ? nil : try file.fingerprint().size
            } else {
                try await journal.storedRecordCount(of: run)
            }
        // What the operator wants now holds for what is not planned yet.
        resumable.options.batchSize = scheduler.policy.batchSize(
            configuration.batchSize ?? resumable.options.batchSize)
        let isTouched = present != source.fingerprint
        if isCompleted { resumable.source.fingerprint?.size = present?.size ?? 0 }
        sources[run] = { [self, resumable] in await read(resumable, file, isTouched: isTouched) }
        return OpenedRun(resumable, total: total)
    }

    private nonisolated func read(_ resumable: ResumableRun, _ file: SourceFile?, isTouched: Bool) async {
        let id = resumable.summary.id
        guard let file, let dialect = resumable.dialect else {
            await RunReader.readStored(
                from: resumable.readPosition.offset, options: resumable.options,
                openBatches: resumable.openBatches, run: id, engine: self)
            return
        }
        let place = RunReader.Continuation(
            dialect: dialect,
            position: resumable.nextSequence == 0 ? dialect.firstRecord : resumable.readPosition,
            size: resumable.source.fingerprint?.size, openBatches: resumable.openBatches,
            rejectsBytes: resumable.rejectsBytes, storedRejects: resumable.storedRejects,
            notices: resumable.summary.notices, read: resumable.read, isTouched: isTouched)
        await RunReader.read(
            file, named: resumable.summary.source, options: resumable.options, from: place, run: id, engine: self)
    }

    public func retry(
        _ run: RunID, _ selection: FailureSelection, claim: KeyClaim?, submittedBy: String?
    ) async throws(DeliveryError) -> RunID {
        try scheduler.checkReady()
        scheduler.beginCreating()
        defer { decide { scheduler, _ in scheduler.endCreating() } }
        // It is stored again until it is delivered.
        try freeSpace.check()
        var new = try await storedRun(of: run)
        new.audit = Self.creating(.retry)
        if let submittedBy { new.submittedBy = submittedBy }
        guard let created = try await journal.createRetry(new, of: selection, in: run, claim: claim) else {
            throw DeliveryError(
                .conflict,
                try await journal.failureCount(.failed(in: run)) > 0
                    ? "The failed records of run \(run) are in an unfinished retry. Resume that one."
                    : "Run \(run) has no failed records to send.")
        }
        if let trace = TraceContext.current { traces.note(trace, of: created.run) }
        beginStored(created.run, new, records: created.records)
        return created.run
    }

    public func resend(_ record: Int64, as fields: RecordFields) async throws(DeliveryError) -> RunID {
        try scheduler.checkReady()
        scheduler.beginCreating()
        defer { decide { scheduler, _ in scheduler.endCreating() } }
        guard let failed = try await journal.failure(record), let origin = try await journal.run(failed.run) else {
            throw DeliveryError(.notFound, "The record is no longer among the failures.")
        }
        var new = try await storedRun(of: failed.run)
        new.audit = Self.creating(.resend)
        let rules = new.options.rules
        let checked = Validation.check(fields, rules: rules, filter: origin.filter)
        if case .failure(let reason) = checked { throw DeliveryError(.conflict, reason.explanation(rules)) }
        let id = try await journal.createResend(new, of: record, as: fields)
        beginStored(id, new, records: 1)
        return id
    }

    /// A run of failed records of another one, which keeps the rules by which those were read.
    func storedRun(of origin: RunID) async throws(DeliveryError) -> NewRun {
        let read = try await journal.options(of: origin)
        let rules = read?.rules ?? RecordRules()
        return NewRun(
            source: .retry(of: origin),
            options: ReaderOptions(
                filter: AgeFilter(minimum: 0), rules: rules,
                batchSize: scheduler.policy.batchSize(configuration.batchSize ?? ReaderOptions.defaultBatchSize),
                // What it delivers enters the list, too.
                onlyNew: read?.onlyNew),
            startedAt: Date(), binding: binding, owner: configuration.owner, submittedBy: Self.asker.who)
    }

    /// Nothing new is taken when the disk has less room than this.
    nonisolated var freeSpace: FreeSpace { FreeSpace(path: directory.path, minimum: configuration.minimumFree) }

    /// The API that runs are bound to.
    var binding: RunBinding { RunBinding(api: api?.address, profile: profile) }

    func beginStored(_ id: RunID, _ new: NewRun, records: Int) {
        let run = OpenedRun(id, new, total: records, pending: records)
        begin(run) { [self] in
            await RunReader.readStored(
                from: 0, options: new.options, openBatches: [], run: id, engine: self)
        }
    }

    /// Continues by itself with what was accepted and has no end yet, except for what an operator paused or stopped.
    /// - Parameter accepts: which runs this process continues; those that it works on are left alone.
    public func resumeAccepted(where accepts: @Sendable (RunSummary) -> Bool) async throws(DeliveryError) {
        // What this process created is active here already, or about to be.
        let entries = try await journal.openRuns().filter { accepts($0) && $0.owner != configuration.owner.instance }
            .compactMap(Self.entry)
        decide { $0.enqueue(entries, at: $1) }
        keepPublishing()
    }

    /// Continues with a run that the store has just given to this process, also one that it had before and lost.
    public func adopt(_ run: RunID) async throws(DeliveryError) {
        let entries = try await journal.openRuns().filter { $0.id == run }.compactMap(Self.entry)
        decide { $0.enqueue(entries, at: $1) }
        keepPublishing()
    }

    /// `nil` for a run that an operator continues.
    private static func entry(_ summary: RunSummary) -> RunQueue.Entry? {
        switch summary.standingOrder {
        case .stopped, .discarded: return nil
        case .paused, nil: break
        }
        if summary.state == .stopped(reason: RunState.operatorStopReason) { return nil }
        var entry = RunQueue.Entry(summary)
        entry.isPaused = summary.standingOrder == .paused || summary.state == .paused
        return entry
    }

    // MARK: Commands

    public func pause(_ run: RunID) async throws(DeliveryError) {
        if try await relayed(.pause, run) != nil { return }
        try await operate(run) { (scheduler, moment) throws(DeliveryError) in
            try scheduler.pause(run, at: moment)
        }
        try await note(.pause, run: run)
    }

    public func unpause(_ run: RunID) async throws(DeliveryError) {
        if try await relayed(.unpause, run) != nil { return }
        // An earlier process left it paused.
        if !scheduler.isActive(run), try await journal.run(run)?.state == .paused { return try await resume(run) }
        try await operate(run) { (scheduler, moment) throws(DeliveryError) in
            try scheduler.unpause(run, at: moment)
        }
        try await note(.resume, run: run)
    }

    public func passWindow(_ run: RunID) async throws(DeliveryError) {
        if try await relayed(.passWindow, run) != nil { return }
        try await operate(run) { (scheduler, moment) throws(DeliveryError) in
            try scheduler.passWindow(run, at: moment)
        }
        try await note(.passWindow, run: run)
    }

    public func stop(_ run: RunID, mode: StopMode) async throws(DeliveryError) {
        if try await relayed(mode == .now ? .stopNow : .stop, run) != nil { return }
        try await operate(run) { (scheduler, moment) throws(DeliveryError) in
            try scheduler.stop(run, mode: mode, at: moment)
        }
        // What an operator wants survives from the moment on that the command is answered.
        try await note(.stop, run: run)
    }

    /// Has the scheduler do something to a run. One that it doesn't know may have ended before this process began.
    private func operate(
        _ run: RunID, _ body: (inout DeliveryScheduler, Moment) throws(DeliveryError) -> Void
    ) async throws(DeliveryError) {
        do throws(DeliveryError) {
            try decide(body)
        } catch {
            guard error.code == .notFound, let summary = try await journal.run(run) else { throw error }
            throw DeliveryError(
                .conflict, "Run \(run) " + (summary.isResumable ? "is not active. Resume it first." : "has ended."))
        }
    }

    public func retryNow() async {
        decide { $0.retryNow(at: $1) }
        await noteIfPossible(.retryNow)
    }
}

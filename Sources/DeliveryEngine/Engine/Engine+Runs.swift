import CustomerRecords
public import DeliveryModel
import DeliveryStore
import Foundation

/// How runs begin, and the operator's commands to them.
extension Engine {
    static let missingAPI = DeliveryError(
        .configuration, "The API's address and the project key are not set. Set API_URL and PROJECT_KEY.")

    public func start(_ request: RunRequest) async throws -> RunID {
        try checkReady()
        let options = options(of: request)
        let source = try await PreparedSource(request.source, options: options, spool: directory.spool)
        let new = NewRun(
            source: source.name, location: source.location, fingerprint: source.fingerprint, dialect: source.dialect,
            options: options, startedAt: Date(), binding: binding, owner: configuration.owner,
            submittedBy: request.submittedBy ?? Self.operatorName)
        let id = try await journal.create(new, idempotencyKey: request.idempotencyKey)
        activate(
            RunContext(
                new.summary(id), options: options, localDay: new.localDay,
                ownedFile: source.isOwned ? source.file.path : nil, total: source.fingerprint.size, now: clock.now))
        start { [self] in
            let beginning = RunReader.Continuation(
                dialect: source.dialect, position: source.dialect.firstRecord, size: source.fingerprint.size)
            await RunReader.read(source.file, options: options, from: beginning, run: id, engine: self)
        }
        return id
    }

    /// Goes on with a run that was stopped, failed or interrupted by a crash.
    public func resume(_ run: RunID) async throws {
        try checkReady()
        if let known = runs[run], known.ended == nil {
            throw DeliveryError(.conflict, "Run \(run) is going already.")
        }
        guard let summary = try await journal.run(run) else { throw Self.unknown(run) }
        guard summary.isResumable else {
            throw DeliveryError(.conflict, "Run \(run) is done: nothing is left to send.")
        }
        guard let source = try await journal.source(of: run) else { throw Self.unknown(run) }
        let path = directory.path(of: source.location)
        let file = try path.map { path throws(DeliveryError) in try SourceFile(path) }
        if let file, let fingerprint = source.fingerprint, try file.fingerprint() != fingerprint {
            throw DeliveryError(
                .source,
                "\(file.path) changed since run \(run) began: nothing was sent. Put the old file back, or "
                    + "start a new run with the changed one.")
        }
        guard let resumable = try await journal.reopen(run, by: configuration.owner, for: binding) else {
            throw Self.unknown(run)
        }
        guard runs[run]?.ended != nil || runs[run] == nil else {
            throw DeliveryError(.conflict, "Run \(run) is going already.")
        }
        let total = if let file { try file.fingerprint().size } else { try await journal.storedRecordCount(of: run) }
        let ownedFile: String? = if case .spool = source.location { path } else { nil }
        activate(RunContext(resumable, ownedFile: ownedFile, total: total, now: clock.now))
        if resumable.recordsInDoubt > 0 {
            runs[run]?.statistics.add(
                .warning,
                "\(resumable.recordsInDoubt) records were under way when the run was interrupted; "
                    + "they are sent again and may arrive twice")
        }
        start { [self] in await read(resumable, file) }
    }

    private nonisolated func read(_ resumable: ResumableRun, _ file: SourceFile?) async {
        let id = resumable.summary.id
        guard let file else {
            await RunReader.readStored(
                from: resumable.readPosition.offset, batchSize: resumable.options.batchSize,
                openBatches: resumable.openBatches, run: id, engine: self)
            return
        }
        guard let dialect = resumable.dialect else { return }
        let place = RunReader.Continuation(
            dialect: dialect,
            position: resumable.nextSequence == 0 ? dialect.firstRecord : resumable.readPosition,
            size: resumable.source.fingerprint?.size, openBatches: resumable.openBatches,
            rejectsBytes: resumable.rejectsBytes, storedRejects: resumable.storedRejects)
        await RunReader.read(file, options: resumable.options, from: place, run: id, engine: self)
    }

    public func retry(_ run: RunID, _ selection: FailureSelection) async throws -> RunID {
        try checkReady()
        let new = newRetry(of: run)
        guard let created = try await journal.createRetry(new, of: selection, in: run) else {
            throw DeliveryError(.conflict, "Run \(run) has no failed records to send.")
        }
        beginStored(created.run, new, records: created.records)
        return created.run
    }

    public func resend(_ record: Int64, as fields: RecordFields) async throws -> RunID {
        try checkReady()
        guard let failed = try await journal.failure(record), let origin = try await journal.run(failed.run) else {
            throw DeliveryError(.notFound, "The record is no longer among the failures.")
        }
        let rules = try await journal.options(of: failed.run)?.rules ?? RecordRules()
        let checked = Validation.check(
            name: fields.name, age: fields.age, cookie: fields.cookie, bannerID: fields.bannerID, rules: rules,
            filter: origin.filter)
        if case .failure(let reason) = checked { throw DeliveryError(.conflict, reason.explanation(rules)) }
        let new = newRetry(of: failed.run)
        let id = try await journal.createResend(new, of: record, as: fields)
        beginStored(id, new, records: 1)
        return id
    }

    private func newRetry(of run: RunID) -> NewRun {
        NewRun(
            source: .retry(of: run), options: Self.storedOptions(batchSize: 1000), startedAt: Date(), binding: binding,
            owner: configuration.owner, submittedBy: Self.operatorName)
    }

    private func beginStored(_ id: RunID, _ new: NewRun, records: Int) {
        var summary = new.summary(id)
        summary.counts.pending = records
        activate(
            RunContext(
                summary, options: new.options, localDay: new.localDay, ownedFile: nil, total: records, now: clock.now))
        start { [self] in
            await RunReader.readStored(
                from: 0, batchSize: new.options.batchSize, openBatches: [], run: id, engine: self)
        }
    }

    func activate(_ context: RunContext) {
        if turns.isEmpty {
            lastProgress = clock.now
            // What was refused before may have been mended.
            refusals = RefusalWatch()
        }
        runs[context.id] = context
        turns.append(context.id)
        keepPublishing()
    }

    // MARK: Commands

    public func pause(_ run: RunID) throws {
        try checkGoing(run)
        runs[run]?.machine.handle(.paused)
        runs[run]?.statistics.add(.info, "paused")
        record([.state(run, .paused, endedAt: nil)])
        publish()
    }

    public func unpause(_ run: RunID) throws {
        try checkGoing(run)
        runs[run]?.machine.handle(.unpaused)
        runs[run]?.statistics.add(.info, "goes on")
        lastProgress = clock.now
        record([.state(run, .running, endedAt: nil)])
        pump()
        publish()
    }

    public func stop(_ run: RunID, mode: StopMode) throws {
        try checkGoing(run)
        requestStop(run, reason: "stopped by the operator", mode: mode)
    }

    public func finished(_ run: RunID) async throws -> RunSummary {
        if let summary = await ended(run) { return summary }
        try Task.checkCancellation()
        guard let summary = try await journal.run(run) else { throw Self.unknown(run) }
        return summary
    }

    private func checkGoing(_ run: RunID) throws {
        guard let context = runs[run] else { throw Self.unknown(run) }
        guard context.ended == nil else { throw DeliveryError(.conflict, "Run \(run) has ended.") }
    }

    private func checkReady() throws {
        if let journalFault { throw journalFault }
        guard api != nil else { throw Self.missingAPI }
    }

    /// The API that runs are bound to.
    var binding: RunBinding { RunBinding(api: api?.address, profile: configuration.profile) }

    /// Who asks for a run when nobody else is named.
    static let operatorName = "\(NSUserName())@\(RunOwner.current.node)"

    static func unknown(_ run: RunID) -> DeliveryError {
        DeliveryError(.notFound, "There is no run \(run). `data-connector runs` lists them.")
    }

    private static func storedOptions(batchSize: Int) -> ReaderOptions {
        ReaderOptions(filter: AgeFilter(minimum: 0), rules: RecordRules(), batchSize: batchSize)
    }

    /// A batch never holds more records than may leave in a second.
    private func options(of request: RunRequest) -> ReaderOptions {
        var options = request.options
        options.batchSize = min(options.batchSize, configuration.rate ?? options.batchSize)
        return options
    }
}

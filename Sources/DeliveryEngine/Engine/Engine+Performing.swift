import CustomerRecords
import DeliveryModel
import DeliveryStore
import Foundation
import Logging
import NIOCore
import ShowAdsAPI

/// Performs the scheduler's actions.
extension Engine {
    func perform(_ action: SchedulerAction) {
        switch action {
        case .send(let unit, let request): send(unit, request)
        case .abandon(let unit): cutOff(unit)
        case .probeLogin:
            guard let api else { return }
            start { [self] in await tell(.loginAnswered(api.logIn())) }

        case .record(let operations): record(operations)
        case .commit(let commit, let event): self.commit(commit, then: event)

        case .open(let run): start { [self] in await open(run) }
        case .read(let run):
            keepPublishing()
            if let read = sources.removeValue(forKey: run) { start(read) }
        case .tellReader(let run, let answer): readers.removeValue(forKey: run)?.resume(returning: answer)
        case .release(let run):
            sources[run] = nil
            traces.forget(run)
        case .openSubmissionRun(let origin, let extended):
            start { [self] in await openSubmissionRun(for: origin, extending: extended) }
        case .readStored(let run, let position, let options):
            start { [self] in
                await RunReader.readStored(
                    from: position, options: options, openBatches: [], run: run, engine: self, isOpened: true)
            }
        case .sealed(let run): start { [self] in await tellOfEnd(of: run) }
        case .endRun(let end): start { [self] in await finish(end) }
        case .tellWaiters(let run, let summary): tellWaiters(run, summary)
        case .rested(let run): restWaiters.removeValue(forKey: run)?.resume()
        case .recycle(let batch): recycle(batch)

        case .accept(let submission, let run): accept(submission, run)
        case .decline(let submission, let error): decline(submission, error)
        case .settle(let submission, let outcome): tickets.removeValue(forKey: submission)?.settle(outcome)
        case .traced(let run, let position, let trace): traces.note(trace, of: run, at: position)

        case .countSent(let day): start { [self] in await countSent(in: day) }
        case .wake(let instant): wake(at: instant)
        case .publish: publish()
        case .log(let level, let text): logger.log(level: level, "\(text)")
        case .idle:
            let waiters = idleWaiters
            idleWaiters = []
            for waiter in waiters { waiter.resume() }
        case .impossible(let what):
            logger.critical("internal error: \(what)")
            #if DEBUG
            preconditionFailure(what)
            #endif
        }
    }

    // MARK: Requests

    /// Sends a request in a task of its own, which is cut off when nobody waits for the answer any more.
    private func send(_ unit: WorkUnit.ID, _ request: BannerRequest) {
        guard let api else { return }
        let flight = scheduler.request(of: unit, at: moment)
        let traces = flight.map { self.traces(of: request, $0) } ?? []
        let number = flight.map {
            requestLog.sent(request, $0, traces: traces, address: api.address, host: api.host)
        }
        requests[unit] = Task.detached(executorPreference: DeliveryLoop.taskExecutor) { [self] in
            let answer = await api.send(request)
            if let flight, let number {
                requestLog.answered(number, Task.isCancelled ? nil : answer)
                log(answer, to: flight, traces)
            }
            if inbox.add(.answered(unit, answer)) { scheduleInbox() }
        }
    }

    private nonisolated func traces(of request: BannerRequest, _ flight: RequestInFlight) -> [String] {
        let first = request.batch.start.offset
        return traces.traces(
            of: flight.run, at: first + request.records.lowerBound..<first + request.records.upperBound)
    }

    private nonisolated func log(_ answer: APIResponse, to flight: RequestInFlight, _ traces: [String]) {
        guard logger.logLevel <= .debug else { return }
        logger.debug(
            "API request",
            metadata: [
                "run": "\(flight.run)", "batch": "\(flight.batch)", "records": "\(flight.records)",
                "attempt": "\(flight.attempt)", "status": "\(answer.label)",
                "milliseconds": "\(Int(answer.duration / .milliseconds(1)))",
                "trace": "\(traces.isEmpty ? "-" : traces.joined(separator: ","))",
            ])
    }

    private func cutOff(_ unit: WorkUnit.ID) {
        guard let request = requests.removeValue(forKey: unit) else { return }
        request.cancel()
        abandoned[unit] = request
    }

    /// Cuts off what is still in flight when the engine's work ends.
    func cutOffRequests() {
        for unit in requests.keys.sorted() { cutOff(unit) }
    }

    /// Waits for the tasks of requests that were cut off.
    func waitForRequests() async {
        while let request = abandoned.first {
            await request.value.value
            abandoned[request.key] = nil
        }
    }

    /// Whether somebody waits for the answer. Of a request that was cut off, the scheduler knows already.
    private func isAwaited(_ event: SchedulerEvent) -> Bool {
        guard case .answered(let unit, _) = event else { return true }
        abandoned[unit] = nil
        return requests.removeValue(forKey: unit) != nil
    }

    // MARK: Time

    /// Tells the scheduler the time at an instant, instead of at a later one that it asked for before.
    private func wake(at instant: Instant) {
        alarm?.cancel()
        // Event loops have a clock of their own: rounded up, so that it is never too early.
        let delay = TimeAmount(max(.zero, instant - clock.now)) + .microseconds(1)
        alarm = DeliveryLoop.eventLoop.scheduleTask(in: delay) { [weak self] in
            self?.assumeIsolated { $0.tell(.woke(at: instant)) }
        }
    }

    // MARK: The journal

    /// Hands operations to the journal without waiting.
    private func record(_ operations: [JournalOperation]) {
        commits.enqueue(operations) { [self] error in
            start { [self] in await tell(.commitFailed(nil, error)) }
        }
    }

    private func commit(_ commit: PendingCommit, then event: SchedulerEvent) {
        if commit.isReady {
            handOver(commit, then: event)
        } else {
            start { [self] in handOver(commit, then: event) }
        }
    }

    private nonisolated func handOver(_ commit: PendingCommit, then event: SchedulerEvent) {
        commits.commit(commit.operations) { [self] error in
            let outcome: SchedulerEvent = if let error { .commitFailed(event, error) } else { event }
            if inbox.add(outcome) { scheduleInbox() }
        }
    }

    /// How many records the API took on a day. What is on its way to the journal goes there first.
    private func countSent(in day: Range<Date>) async {
        let address = api?.address
        var count: Int?
        do throws(DeliveryError) {
            try await commits.commit([])
            count = try await journal.recordsSent(to: address, in: day)
        } catch {
            logger.warning("how much was sent today can't be read: \(error.message)")
        }
        tell(.sentCounted(day, count))
    }

    nonisolated func scheduleInbox() {
        DeliveryLoop.eventLoop.execute { [self] in assumeIsolated { $0.emptyInbox() } }
    }

    /// Tells the scheduler what has come together.
    private func emptyInbox() {
        let arrived = inbox.empty()
        let events = arrived.events.filter(isAwaited)
        let submissions = arrived.submissions.compactMap(admitted)
        if events.isEmpty, submissions.isEmpty { return }
        decide { $0.handle(events, submissions: submissions, at: $1) }
    }

    // MARK: Readers

    /// Hands a batch over and waits until there is room for the next one.
    /// - Returns: how many records the next one may hold, and memory for it when there is some; `nil` when nothing more
    ///   is wanted.
    func enqueue(_ planned: PlannedBatch, for run: RunID) async -> (batchSize: Int, spare: RecordBatch?)? {
        let answer = await withCheckedContinuation { continuation in
            readers[run] = continuation
            tell(.offered(run, planned))
        }
        guard case .continue(let batchSize) = answer else { return nil }
        return (batchSize, spareBatches.popLast())
    }

    private func recycle(_ batch: SharedBatch) {
        if spareBatches.count < 8, batch.batch.memory <= ReadAhead.spareMemory { spareBatches.append(batch.batch) }
    }
}

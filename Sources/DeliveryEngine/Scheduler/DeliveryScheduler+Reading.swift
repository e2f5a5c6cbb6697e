import CustomerRecords
import DeliveryModel
import DeliveryStore
import Foundation
import Logging
import ShowAdsAPI

/// Where batches come in.
extension DeliveryScheduler {
    /// The source is open and understood.
    mutating func readerOpened(_ id: RunID) {
        guard let run = runs[id], run.ended == nil else { return }
        if let fault = run.machine.handle(.opened) { act(.impossible(fault)) }
        if run.machine.isRunnable { record([.state(id, .running, endedAt: nil)]) }
    }

    /// Takes a batch, and holds the reader back while enough of them wait.
    mutating func offered(_ planned: PlannedBatch, for id: RunID, at moment: Moment) {
        guard let run = runs[id], !run.machine.isEnding else { return act(.tellReader(id, .stop)) }
        take(planned, of: run, at: moment)
        run.isReaderWaiting = true
        giveRoom(id)
    }

    mutating func take(_ planned: PlannedBatch, of run: DeliveryRun, at moment: Moment) {
        let sequence = planned.known?.sequence ?? run.nextSequence
        if planned.known == nil {
            run.readAhead(planned, as: sequence)
            run.position = planned.batch.end.offset
            run.rejectsBytes = planned.rejects.length
        }
        if planned.known == nil { run.nextSequence += 1 }
        let parts = planned.known?.parts.map(\.records) ?? []
        let isWhole = parts.isEmpty
        let shared = SharedBatch(planned.batch)
        run.open(sequence, units: isWhole ? 1 : parts.count, memory: planned.batch.memory)
        // Records that arrived alone go to the API's path for single records, all others in bulk.
        let path = run.source == .submissions && planned.batch.count == 1 ? BannerPath.single : .bulk
        for records in isWhole ? [0..<planned.batch.count] : parts {
            nextUnit += 1
            var unit = WorkUnit(
                id: nextUnit, run: run.id, sequence: sequence, batch: shared, path: path,
                machine: BatchMachine(records: records, isWhole: isWhole, maximumAttempts: policy.attempts))
            if isWhole { unit.rejects = planned.rejects }
            unit.isInDoubt = planned.known?.isInDoubt(records) ?? false
            // Stored records are counted from the moment on that they are stored.
            unit.isUncounted = planned.known == nil && !run.isStored
            units[nextUnit] = unit
            run.planned.append(nextUnit)
        }
        tell(run.id, .batchPlanned, at: moment)
    }

    /// Whether another batch of the run fits in.
    func hasRoom(_ run: DeliveryRun) -> Bool { hasRoom(run, in: room) }

    func hasRoom(_ run: DeliveryRun, in room: Room) -> Bool {
        if run.machine.isEnding { return true }
        if shortage != nil, !run.isStored, !isDraining(run) { return false }
        if !run.machine.isRunnable { return run.machine.outstanding < 2 }
        return room.readAhead.hasRoom(outstanding: run.machine.outstanding, heldMemory: room.held)
    }

    /// Whether it is the one run that is read on while the disk has too little room: its source was accepted into the
    /// spool, and gives its bytes back when it is delivered. Without that, what was accepted could keep the disk full for
    /// good.
    private func isDraining(_ run: DeliveryRun) -> Bool {
        let first = roundRobin.first { id in
            runs[id].map { $0.ownsFile && $0.machine.isRunnable && !$0.machine.isFullyRead } == true
        }
        return first == run.id
    }

    /// What batches may take, and what they take now.
    struct Room {
        var readAhead: ReadAhead
        var held: Int
    }

    var room: Room {
        // What is paused or ends takes no room from the others.
        var held = 0
        var going = 0
        for id in roundRobin {
            guard let other = runs[id], other.machine.isRunnable else { continue }
            going += 1
            held += other.heldMemory
        }
        return Room(readAhead: ReadAhead(concurrency: max(1, policy.ownConcurrency), runs: going), held: held)
    }

    mutating func giveRoom(_ id: RunID) {
        guard let run = runs[id], run.isReaderWaiting, hasRoom(run) else { return }
        run.isReaderWaiting = false
        act(.tellReader(id, .continue(batchSize: policy.ownBatchSize(run.options.batchSize))))
    }

    mutating func releaseReader(_ id: RunID) {
        guard let run = runs[id], run.isReaderWaiting else { return }
        run.isReaderWaiting = false
        act(.tellReader(id, .stop))
    }

    /// While the disk has too little room, no source is read on but one that frees room: what was read is sent, which
    /// needs little.
    /// - Parameter shortage: what is wrong; `nil` while there is room.
    mutating func knowShortage(_ shortage: DeliveryError?, at moment: Moment) {
        let wasShort = self.shortage != nil
        self.shortage = shortage
        guard wasShort != (shortage != nil) else {
            if shortage != nil { for id in roundRobin { giveRoom(id) } }
            return
        }
        if let shortage {
            act(.log(.warning, shortage.message))
            for id in roundRobin where runs[id].map({ !$0.isStored && !$0.machine.isFullyRead }) == true {
                runs[id]?.statistics.add(.warning, shortage.message, at: moment.date)
            }
        } else {
            act(.log(.notice, "the disk has room again"))
            forgetFruitless()
            for id in roundRobin { giveRoom(id) }
        }
        act(.publish)
    }

    /// The reader is at the end of its source, or stopped because it was told to.
    mutating func readerEnded(_ id: RunID, sourceEnded: Bool, at moment: Moment) {
        guard let run = runs[id], run.ended == nil else { return }
        tell(id, sourceEnded ? .sourceEnded : .readerStopped, at: moment)
        if sourceEnded, let total = run.total { run.position = total }
        checkEnd(id, at: moment)
    }

    mutating func readerFailed(_ id: RunID, _ error: DeliveryError, at moment: Moment) {
        guard let run = runs[id], run.ended == nil else { return }
        tell(id, .readerStopped, at: moment)
        switch error.code {
        case .source, .notFound, .conflict: endEarly(id, .failed(reason: error.message), at: moment)
        // It says nothing of the source.
        case .configuration, .journal, .locked, .busy, .ending: endEarly(id, fault(error, of: run), at: moment)
        }
    }

    /// What was read of it is delivered, and then the run ends: for good if the source lies in the spool, where nobody can
    /// put it right, else until its file is whole again.
    mutating func sourceBroken(_ id: RunID, _ error: DeliveryError, at moment: Moment) {
        guard let run = runs[id], run.ended == nil else { return }
        var unread = ""
        if run.ownsFile {
            // How long text is that has to be decoded shows only at its end.
            let rest = run.total.map { $0 - run.position }
            if rest != 0 { unread = rest.map { " The last \($0) bytes were not read." } ?? " The rest was not read." }
        }
        tell(id, .sourceBroken(reason: error.message + unread, isFinal: run.ownsFile), at: moment)
        checkEnd(id, at: moment)
    }

    /// How a fault of the journal or the disk ends a run: for good, or until it is over.
    func fault(_ error: DeliveryError, of run: DeliveryRun) -> RunMachine.Event {
        policy.resumesByItself(run.source)
            ? .parked(reason: error.message, until: nil) : .failed(reason: error.message)
    }
}

extension BatchRow {
    /// Whether records of it are counted among those that may have arrived more than once.
    fileprivate func isInDoubt(_ records: Range<Int>) -> Bool {
        parts.isEmpty ? isInDoubt : parts.contains { $0.records == records && $0.isInDoubt }
    }
}

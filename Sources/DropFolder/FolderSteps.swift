import DeliveryModel
import Foundation
import SystemPackage

/// What is done with a file beside the loop. Each step leaves the disk so that it can be done again after a crash.
struct FolderSteps: Sendable {
    let folder: FilePath
    let move: FolderMove
    let claims: ClaimStore
    let disk = DiskThreads(count: 8)
    let delivery: any FileDelivery
    let inputs: AsyncStream<FolderLoop.Input>.Continuation
    /// Is told of each file that was moved, also when nobody takes inputs any more, and, without a place, of each that was
    /// delivered and is not there any more.
    let ended: @Sendable (FileEnding, _ place: String?) -> Void

    /// Claims a file and begins its delivery.
    /// - Parameter claim: of an earlier attempt, perhaps by an earlier process.
    @concurrent
    func take(_ entry: FolderEntry, _ known: Claim?) async {
        let name = entry.name
        // Kept for the next attempt, whatever goes wrong.
        var kept = known
        do {
            guard let text = name.text else {
                _ = try await disk.run { [move] in try move.makeReadable(name) }
                inputs.yield(.renamed(name))
                return
            }
            var claim: Claim
            if let known, known.identity == entry.identity {
                claim = known
            } else {
                // What was there before is gone; its run, if it had one, stays as it is.
                if let known { try claims.remove(known) }
                kept = nil
                let new = Claim(
                    folder: folder.string, name: Data(name.bytes), identity: entry.identity,
                    after: try await delivery.newestRun())
                try await disk.run { [claims] in try claims.write(new) }
                claim = new
            }
            kept = claim
            let file = DroppedFile(path: folder.appending(text).string, run: claim.run, after: claim.after)
            switch await delivery.deliver(file) {
            case .running(let run):
                if claim.run != run {
                    claim.run = run
                    // Without it a later process looks for the run by its file; that is slower, and no reason to fail.
                    try? claims.update(claim, isDurable: false)
                }
                inputs.yield(.began(name, claim))
            case .ended(let ending):
                claim.run = ending.run ?? claim.run
                inputs.yield(.endedEarly(name, claim, ending))
            case .unavailable(let fault):
                inputs.yield(.fault(name, kept, fault))
            }
        } catch let error as DeliveryError {
            inputs.yield(.fault(name, kept, error.message))
        } catch {
            inputs.yield(.fault(name, kept, "it can't be claimed: \(error)"))
        }
    }

    /// Moves a file whose end is durable.
    @concurrent
    func move(_ entry: FolderEntry, _ outcome: FolderMachine.Destination, _ claim: Claim, _ ending: FileEnding) async {
        var claim = claim
        do {
            while true {
                if claim.target?.outcome != outcome {
                    let old = claim
                    claim = try await disk.run { [self] in try choose(outcome, for: old) }
                }
                guard let target = claim.target else { return }
                let name = EntryName(Array(target.name))
                do {
                    let result = try await disk.run { [move] in
                        try move.perform(entry, outcome, as: name, summary: ending.summary)
                    }
                    try claims.remove(claim)
                    if case .moved = result { ended(ending, "\(FolderMove.subfolder(outcome))/\(name)") }
                    inputs.yield(.moved(entry.name, claim, ending, result))
                    return
                } catch Errno.fileExists {
                    // Somebody put a file there meanwhile.
                    claim.target = nil
                }
            }
        } catch {
            let place = FolderMove.subfolder(outcome)
            inputs.yield(.unmoved(entry.name, claim, ending, "it can't be moved to \(place): \(error)"))
        }
    }

    /// Notes on the disk where a file goes, so that a move that was cut off is found again.
    private func choose(_ outcome: FolderMachine.Destination, for claim: Claim) throws -> Claim {
        var claim = claim
        let name = try move.freeName(for: claim.entry.name, outcome)
        claim.target = .init(outcome: outcome, name: Data(name.bytes))
        try claims.update(claim, isDurable: true)
        return claim
    }

    /// Moves a file that an earlier process was about to move.
    @concurrent
    func moveAgain(_ entry: FolderEntry, _ outcome: FolderMachine.Destination, _ claim: Claim) async {
        if let run = claim.run, let ending = await delivery.ending(of: run) {
            return await move(entry, outcome, claim, ending)
        }
        // It never became a run: it is refused again, or not.
        var claim = claim
        claim.target = nil
        guard isThere(entry) else {
            release(claim)
            let ending = FileEnding(run: nil, verdict: .failed, summary: "null", words: "moved before")
            _ = inputs.yield(.moved(entry.name, claim, ending, .gone))
            return
        }
        inputs.yield(.fault(entry.name, claim, "its end is not known any more; it is looked at again"))
    }

    /// Whether the very file that was taken lies there.
    func isThere(_ entry: FolderEntry) -> Bool {
        guard let folder = try? FileDescriptor.open(folder, .readOnly, options: [.closeOnExec, .directory]) else {
            return false
        }
        defer { try? folder.close() }
        return FileIdentity(entry.name, in: folder.rawValue) == entry.identity
    }

    func release(_ claim: Claim) {
        // One that stays is found to be over by the next process.
        try? claims.remove(claim)
    }
}

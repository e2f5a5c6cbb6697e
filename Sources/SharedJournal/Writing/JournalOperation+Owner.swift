import DeliveryModel
import DeliveryStore

extension JournalOperation {
    var run: RunID? {
        switch self {
        case .plan(let run, _, _, _, _, _), .sendPart(let run, _, _), .acknowledge(let run, _, _, _, _),
            .markRecovered(let run, _, _), .fail(let run, _, _, _, _), .split(let run, _, _, _, _),
            .mayHaveBeenApplied(let run, _, _, _), .withdraw(let run, _, _, _), .compact(let run, _),
            .progress(let run, _), .state(let run, _, _), .standingOrder(let run, _), .wait(let run, _),
            .identify(let run, _), .unsentFile(let run, _), .store(let run, _, _, _):
            run
        case .deliver, .answer, .audit: nil
        }
    }

    /// Whether a commit of another node than the owner fails for it; others change nothing then.
    var needsOwner: Bool {
        switch self {
        case .plan, .sendPart, .acknowledge, .markRecovered, .fail, .split, .mayHaveBeenApplied, .withdraw, .compact,
            .store:
            true
        case .progress, .state, .standingOrder, .wait, .identify, .unsentFile, .deliver, .answer, .audit: false
        }
    }
}

extension RecentCommits<JournalOperation>.Commit {
    /// Leaves out the operations of runs that are lost, too, or another node's by now. Those of the other runs stay complete:
    /// each run's operations build on those before them.
    /// - Returns: whether something is lost by that.
    mutating func leaveOut(allBut runs: Set<RunID>) -> Bool {
        let left = operations.filter { operation in operation.run.map { !runs.contains($0) } ?? false }
        operations.removeAll { operation in operation.run.map { !runs.contains($0) } ?? false }
        return left.contains(where: \.needsOwner)
    }
}

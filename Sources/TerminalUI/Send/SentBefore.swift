import DeliveryModel
import Foundation
import TerminalKit

extension Model {
    /// The newest run that delivers or delivered a file as it is now: by its content, once that is known, else by its
    /// name and time.
    func sentBefore(_ path: String, modified: Date? = nil) -> RunSummary? {
        if let known = send.sentContent, known.path == path, known.facts == send.facts(of: path) {
            return newest.run(known.run.id)?.summary ?? known.run
        }
        let modified = modified ?? send.facts(of: path).map { Date(timeIntervalSince1970: Double($0.modified) / 1e9) }
        let live = newest.runs.map(\.summary)
        let known = Set(live.map(\.id))
        let all = live + history.runs.filter { !known.contains($0.id) }
        return all.filter { $0.source == .file(path: path) && $0.mayHaveSent }
            .filter { run in modified.map { $0 <= run.startedAt } ?? true }
            .max { $0.id < $1.id }
    }
}

extension Model {
    mutating func takeSent(_ path: String, _ run: RunSummary) -> [Effect] {
        guard run.mayHaveSent, let facts = send.facts(of: path) else { return [] }
        send.sentContent = (path, facts, run)
        return []
    }
}

extension RunSummary {
    fileprivate var mayHaveSent: Bool {
        switch state {
        case .dryRun, .skipped: false
        case .done, .stopped, .failed, .refused: counts.sent > 0
        case .preparing, .running, .paused, .waiting, .finishing: true
        }
    }

    /// Records that may arrive, or have arrived, more than once.
    var mayArriveTwice: Int { max(recordsInDoubt, min(possibleDuplicates, counts.valid)) }
}

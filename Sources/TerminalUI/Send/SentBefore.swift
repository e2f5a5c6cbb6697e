import CustomerRecords
import DeliveryModel
import Foundation
import TerminalKit

/// What is known of whether a file's content was sent before, under whatever name.
struct SentContent: Hashable, Sendable {
    /// Of the file that was compared.
    var version: FileVersion
    /// The newest run that sent it.
    var run: RunSummary?
    /// Whether it could be compared.
    var isKnown = true
    /// When that was asked: a run that began later is not among those that were compared.
    var asked = Date.distantPast
}

extension Model {
    /// The newest run that delivers or delivered a file as it is now: by its content, once that is known, else by its
    /// name and time.
    func sentBefore(_ path: String, _ version: FileVersion? = nil) -> RunSummary? {
        let version = version ?? send.version(of: path)
        // The simulated API's runs are not told apart by content.
        if !setup.hasSandbox, let known = send.sentContents[path], known.version == version, known.isKnown {
            let run = known.run.map { run in
                newest.run(run.id)?.summary ?? history.runs.first { $0.id == run.id } ?? run
            }
            // Of what was read in another encoding the content says nothing.
            let encoding = send.reading(of: path).encoding?.lowercased()
            let others = runs(of: path, version).filter {
                $0.startedAt > known.asked || $0.notices[.encoding]?.example?.lowercased() != encoding
            }
            return (others + (run.map { [$0] } ?? [])).max { $0.id < $1.id }
        }
        return runs(of: path, version).max { $0.id < $1.id }
    }

    /// Runs that deliver or delivered a file of this name that has not changed since.
    private func runs(of path: String, _ version: FileVersion?) -> [RunSummary] {
        let modified = version.map { Date(timeIntervalSince1970: Double($0.modified) / 1e9) }
        let live = newest.runs.map(\.summary)
        let known = Set(live.map(\.id))
        let all = live + history.runs.filter { !known.contains($0.id) }
        return all.filter { $0.source == .file(path: path) && $0.mayHaveSent && newest.owns($0) }
            .filter { run in modified.map { $0 <= run.startedAt } ?? true }
    }

    /// Whether the content of a file is still to be compared with what was sent.
    func isComparing(_ path: String) -> Bool {
        guard !setup.hasSandbox, newest.apiHost != nil, let version = send.version(of: path) else { return false }
        return send.sentContents[path]?.version != version
    }

    /// Asks for it, once the whole file was read anyway.
    mutating func lookForSent() -> [Effect] {
        guard let dryRun = send.dryRun, dryRun.report.isFinished, newest.apiHost != nil else { return [] }
        send.sentAsked = now
        return [.findSent(dryRun.path, send.reading(of: dryRun.path))]
    }

    /// After a run has begun, what was known not to be sent may be sent.
    mutating func forgetUnsent() -> [Effect] {
        send.sentContents = send.sentContents.filter { $0.value.run != nil }
        return screen == .send ? lookForSentAgain() : []
    }

    /// Asks for it, where the answer is not known any more.
    mutating func lookForSentAgain() -> [Effect] {
        guard let dryRun = send.dryRun, isComparing(dryRun.path) else { return [] }
        return lookForSent()
    }

    mutating func takeSent(_ path: String, _ answer: DeliveryResult<RunSummary?>) -> [Effect] {
        guard let version = send.version(of: path) else { return [] }
        if send.sentContents.count >= 500 { send.sentContents = [:] }
        switch answer {
        case .success(let run):
            send.sentContents[path] = SentContent(
                version: version, run: run.flatMap { $0.mayHaveSent ? $0 : nil }, asked: send.sentAsked)
        case .failure: send.sentContents[path] = SentContent(version: version, isKnown: false)
        }
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
    var mayArriveTwice: Int {
        max(recordsInDoubt, min(possibleDuplicates, counts.valid)) + (state.isActive ? 0 : recordsUnanswered)
    }
}

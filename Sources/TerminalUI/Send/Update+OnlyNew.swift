import CustomerRecords
import DeliveryModel
import TerminalKit

/// Sending only what was not delivered under a list before.
extension Model {
    /// What is known of the new records of a file, with the list that is typed now.
    func newCount(_ path: String) -> NewCount? {
        guard let count = send.newCount, count.path == path, count.list == send.list else { return nil }
        return count
    }

    /// Counts the new records of the file, once the whole file was read anyway.
    mutating func compareWithList() -> [Effect] {
        guard let list = send.list, let dryRun = send.dryRun, dryRun.report.isFinished, !isAPIMissing else { return [] }
        if let known = newCount(dryRun.path), !known.isFailed { return [] }
        send.newCount = NewCount(path: dryRun.path, list: list)
        return [.countNew(dryRun.path, send.reading(of: dryRun.path), list: list)]
    }

    /// Something was delivered: what was new may be no more.
    mutating func compareAgain() -> [Effect] {
        guard send.newCount != nil else { return [] }
        send.newCount = nil
        return compareWithList()
    }

    mutating func takeNewCount(_ path: String, _ list: String, _ answer: DeliveryResult<NewRecordCount>) -> [Effect] {
        guard send.newCount?.path == path, send.newCount?.list == list else { return [] }
        switch answer {
        case .success(let count): send.newCount?.answer = .counted(count.ages)
        case .failure(let error): send.newCount?.answer = .failed(error.message)
        }
        return []
    }

    /// Why nothing of a file would be sent because all of it was delivered before.
    func nothingNew(_ path: String, _ filter: AgeFilter) -> String? {
        guard let dryRun = send.dryRun, dryRun.path == path, dryRun.report.isFinished, let count = newCount(path),
            count.count(for: filter, of: dryRun.report.counts(for: filter).valid) == 0
        else { return nil }
        return "No record would be sent: all are already on the list \(count.list)"
    }
}

extension NewCount {
    var isFailed: Bool { if case .failed = answer { true } else { false } }
}

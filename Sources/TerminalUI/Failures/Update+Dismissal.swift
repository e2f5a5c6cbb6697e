import DeliveryModel
import TerminalKit

extension Model {
    mutating func takeDismissed(_ answer: DeliveryResult<[FailedRecord.ID]>) -> [Effect] {
        switch answer {
        case .success(let records):
            guard !records.isEmpty else {
                toast(.info, "Nothing to dismiss")
                return []
            }
            failures.dismissed.append(records)
            failures.marks = .none
            toast(
                .good,
                "\(NumberText.records(records.count)) dismissed; press z to undo")
        case .failure(let error): toast(.bad, error.message)
        }
        return readFailuresAgain()
    }

    mutating func takeUndismissed(
        _ wanted: [FailedRecord.ID], _ answer: DeliveryResult<[FailedRecord.ID]>
    ) -> [Effect] {
        switch answer {
        case .success(let records):
            toast(.good, "\(NumberText.records(records.count)) restored")
            if let first = records.first { failures.selected = first }
        case .failure(let error):
            // They can be brought back later.
            failures.dismissed.append(wanted)
            toast(.bad, error.message)
        }
        return readFailuresAgain()
    }

    mutating func readFailuresAgain() -> [Effect] {
        isStale = false
        lastRefresh = now
        return [
            fetchFailures(mayHaveChanged: true), .countWaiting, .readFacets(failures.query), reloadHistory(),
        ]
    }
}

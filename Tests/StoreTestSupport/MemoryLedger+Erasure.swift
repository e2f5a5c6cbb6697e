import CustomerRecords
import DeliveryModel
import DeliveryStore
import Foundation

extension MemoryLedger {
    mutating func erase(_ cookies: ErasedCookies) -> StoreErasure {
        var erasure = StoreErasure()
        for (id, failure) in failures {
            let record = failure.record
            let isTheirs = cookies.isTheirs(cookie: record.cookie, raw: record.raw)
            let open = [record.run, record.retryingIn].compactMap { $0 }.first { runs[$0]?.isOpen == true }
            if let open {
                if isTheirs { erasure.open[open, default: 0] += 1 }
            } else if isTheirs {
                erasure.add(1, .failures)
                if let day = runs[record.run]?.new.localDay { erasure.days.insert(day) }
                remove(id, failure)
            } else if let message = cookies.removed(from: record.message) {
                erasure.add(1, .failures)
                failures[id]?.record.message = message
            }
        }
        for (id, run) in runs {
            let theirs = run.stored.filter { cookies.contains($0.value.fields.cookie) }
            if run.isOpen {
                if !theirs.isEmpty { erasure.open[id, default: 0] += theirs.count }
                continue
            }
            erasure.add(theirs.count, .storedRecords)
            for position in theirs.keys { runs[id]?.stored[position] = nil }
            for (index, notice) in run.notices.enumerated() {
                guard let example = notice.example.flatMap(cookies.removed(from:)) else { continue }
                erasure.add(1, .notices)
                runs[id]?.notices[index].example = example
            }
        }
        for (name, key) in keys {
            if cookies.isFound(in: name) {
                erasure.add(1, .storedAnswers)
                keys[name] = nil
            } else if let text = cookies.removed(fromAnswer: String(decoding: key.answer, as: UTF8.self)) {
                erasure.add(1, .storedAnswers)
                keys[name]?.answer = Array(text.utf8)
            }
        }
        erasure.add(eraseDelivered(cookies), .lists)
        return erasure
    }

    private mutating func remove(_ id: Int64, _ failure: Failure) {
        let record = failure.record
        if failure.isOpen {
            for run in failure.failedIn { runs[run]?.dismissed += 1 }
        }
        for run in failure.triedIn.union([record.run]) { failuresOf[run]?.remove(id) }
        for (name, key) in keys where key.run == record.run && key.position == record.line - 1 && key.status == nil {
            keys[name] = nil
        }
        failures[id] = nil
    }
}

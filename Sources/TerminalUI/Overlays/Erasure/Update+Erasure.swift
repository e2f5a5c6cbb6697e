import CustomerRecords
import DeliveryModel
import TerminalKit

extension Model {
    /// Why the person of the selected record can't be erased.
    var erasureObstacle: String? {
        guard let cookie = failures.current?.cookie else { return failures.emptiness }
        if cookie.isEmpty { return "This record has no cookie to erase by" }
        guard cookie.utf8.count <= 256, !cookie.contains(where: \.isWhitespace) else {
            return "This record's cookie isn't valid: there is nothing to erase by"
        }
        return nil
    }

    /// Counts first: nothing is erased before the counts were seen and the word was typed.
    mutating func openErasure() -> [Effect] {
        guard let record = failures.current else { return [] }
        erasures += 1
        overlays.append(.erasure(ErasureModel(number: erasures, cookie: record.cookie)))
        return [.erase(erasures, cookie: record.cookie, isDryRun: true)]
    }

    mutating func press(_ key: Key, _ erasure: ErasureModel) -> [Effect] {
        var erasure = erasure
        let layout = ErasureLayout(size)
        let last = max(0, erasure.lines(layout.columns).count - layout.page)
        switch key {
        case .escape:
            overlays.removeLast()
            return []
        case .up: erasure.top -= 1
        case .down: erasure.top += 1
        case .pageUp: erasure.top -= layout.page
        case .pageDown: erasure.top += layout.page
        case .enter:
            guard erasure.asksForWord else {
                switch erasure.stage {
                case .counting, .erasing: break
                case .asking, .done, .failed: overlays.removeLast()
                }
                return []
            }
            guard erasure.typed.text == ErasureModel.word, let report = erasure.report else { return [] }
            erasure.stage = .erasing(report)
            replaceOverlay(.erasure(erasure))
            return [.erase(erasure.number, cookie: erasure.cookie, isDryRun: false)]
        default: if erasure.asksForWord { _ = erasure.typed.handle(key) }
        }
        erasure.top = max(0, min(erasure.top, last))
        replaceOverlay(.erasure(erasure))
        return []
    }

    mutating func takeErasure(
        _ number: Int, isDryRun: Bool, _ answer: DeliveryResult<ErasureReport>
    ) -> [Effect] {
        let index = overlays.firstIndex { if case .erasure(let open) = $0 { open.number == number } else { false } }
        // What was erased is said, even when nobody waits for it anymore.
        guard let index, case .erasure(var erasure) = overlays[index] else {
            return isDryRun ? [] : tellErasure(answer)
        }
        erasure.top = 0
        switch answer {
        case .success(let report): erasure.stage = isDryRun ? .asking(report) : .done(report)
        case .failure(let error): erasure.stage = .failed(error.message)
        }
        overlays[index] = .erasure(erasure)
        return isDryRun ? [] : readFailuresAgain()
    }

    private mutating func tellErasure(_ answer: DeliveryResult<ErasureReport>) -> [Effect] {
        switch answer {
        case .success(let report) where report.isComplete: toast(.good, "The person is erased")
        case .success: toast(.warning, "The person is not erased everywhere: press D again to see what is left")
        case .failure(let error): toast(.bad, error.message)
        }
        return readFailuresAgain()
    }
}

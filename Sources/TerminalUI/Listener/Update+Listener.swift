import DeliveryModel
import TerminalKit

extension Model {
    mutating func performListener(_ action: Action) -> [Effect] {
        if listener.cursor.move(action, count: listener.snapshot.submissions.count, page: page) { return [] }
        guard action == .toggleListener else { return [] }
        listener.isBusy = true
        switch listener.snapshot.state {
        case .listening, .starting: return [.stopListener]
        case .off, .failed: return [.startListener]
        }
    }

    mutating func takeListenerSwitched(_ answer: Answer<Bool>) -> [Effect] {
        listener.isBusy = false
        switch answer {
        case .success(let isOn): toast(.good, isOn ? "Listening" : "The listener is off")
        case .failure(let error): toast(.bad, error.message)
        }
        return [.readListener]
    }
}

extension Model {
    var selectedSubmission: ListenerSubmission? {
        let submissions = listener.snapshot.submissions
        return submissions.indices.contains(listener.cursor.row) ? submissions[listener.cursor.row] : nil
    }
}

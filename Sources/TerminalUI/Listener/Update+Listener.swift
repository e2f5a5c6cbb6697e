import DeliveryModel
import TerminalKit

extension Model {
    mutating func performListener(_ action: Action) -> [Effect] {
        if listener.cursor.move(action, count: listener.snapshot.submissions.count, page: page) { return [] }
        switch action {
        case .toggleListener:
            switch listener.snapshot.state {
            case .listening, .starting:
                ask(.stopListener)
                return []
            case .off, .failed:
                listener.isBusy = true
                return [.startListener]
            }
        case .open, .right:
            guard let id = selectedSubmission?.run else { return [] }
            run.selected = id
            run.opened = ListenerScreen.run(self)
            run.eventsTop = 0
            return go(to: .run) + [.loadSummary(id)]
        default:
            ignore(action)
            return []
        }
    }

    mutating func takeListenerSwitched(_ answer: DeliveryResult<Bool>) -> [Effect] {
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

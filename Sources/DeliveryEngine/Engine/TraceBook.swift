import DeliveryModel
import Synchronization

/// Which traces the records of runs belong to, for the log of the API's requests. It is not kept over restarts.
final class TraceBook: Sendable {
    private struct Traces {
        /// Of all records.
        var whole: String?
        /// Of single records, by position.
        var single: [Int: String] = [:]
    }

    private struct State {
        var runs: [RunID: Traces] = [:]
        var count = 0
    }

    private let state = Mutex(State())

    /// Single records of which it is known: in an outage there may be any number.
    static let maximumSingle = 50_000
    /// Traces that are told of one request.
    static let maximumTold = 20

    func note(_ trace: String, of run: RunID) {
        state.withLock { $0.runs[run, default: Traces()].whole = trace }
    }

    func note(_ trace: String, of run: RunID, at position: Int) {
        state.withLock { state in
            guard state.count < Self.maximumSingle else { return }
            state.count += 1
            state.runs[run, default: Traces()].single[position] = trace
        }
    }

    /// The traces of a run's records at these positions, each once; of many, the first.
    func traces(of run: RunID, at positions: Range<Int>) -> [String] {
        state.withLock { state in
            guard let traces = state.runs[run] else { return [] }
            if let whole = traces.whole { return [whole] }
            var told: [String] = []
            for position in positions {
                guard let trace = traces.single[position], !told.contains(trace) else { continue }
                told.append(trace)
                if told.count == Self.maximumTold { break }
            }
            return told
        }
    }

    /// Nothing more of the run is sent for now.
    func forget(_ run: RunID) {
        state.withLock { state in
            guard let traces = state.runs.removeValue(forKey: run) else { return }
            state.count -= traces.single.count
        }
    }
}

import CustomerRecords
import DeliveryModel
import Foundation
import NIOCore
import ShowAdsAPI
import Synchronization

/// The newest requests with the beginnings of their bodies, for people who want to see what was sent.
final class RequestLog: Sendable {
    /// A request as it was sent. Its text is made when somebody looks.
    private struct Entry {
        var id: Int
        var lane: RequestLane
        var lines: ClosedRange<Int>
        var url: String
        var body: [UInt8]
        var bodyBytes: Int
        var result: RequestTrace.Result?
        var isAbandoned = false
    }

    private struct State {
        /// A ring: the entry of a request stands at its number.
        var entries: [Entry] = []
        var next = 0
    }

    private let state = Mutex(State())

    /// Requests, and bytes of each body, that are kept: 2 MiB in all.
    static let most = 500
    static let mostBody = 4096

    /// Notes a request that is sent now.
    /// - Returns: its number.
    func sent(_ request: BannerRequest, _ lane: RequestLane, address: String) -> Int {
        let body = request.body
        let bytes = Array(body.readableBytesView.prefix(Self.mostBody))
        let first = request.batch.customer(at: request.records.lowerBound).line
        let last = request.batch.customer(at: request.records.upperBound - 1).line
        let url = address + (request.path == .bulk ? "/banners/show/bulk" : "/banners/show")
        return state.withLock { state in
            let id = state.next
            state.next += 1
            let entry = Entry(
                id: id, lane: lane, lines: min(first, last)...max(first, last), url: url, body: bytes,
                bodyBytes: body.readableBytes)
            if state.entries.count < Self.most {
                state.entries.append(entry)
            } else {
                state.entries[id % Self.most] = entry
            }
            return id
        }
    }

    /// Notes the answer to a request; `nil` when nobody waited for it.
    func answered(_ id: Int, _ answer: Answer?) {
        let result = answer.map { answer in
            RequestTrace.Result(
                label: answer.label, duration: answer.duration / .seconds(1), isApplied: answer.outcome == .applied,
                cause: answer.cause, excerpt: answer.excerpt)
        }
        state.withLock { state in
            let place = id % Self.most
            guard state.entries.indices.contains(place), state.entries[place].id == id else { return }
            state.entries[place].result = result
            state.entries[place].isAbandoned = result == nil
        }
    }

    /// The requests that are kept, newest first.
    var traces: [RequestTrace] {
        let entries = state.withLock { $0.entries }
        return entries.sorted { $0.id > $1.id }.map { entry in
            let (body, shown) = Self.text(entry)
            var trace = RequestTrace(
                id: entry.id, run: entry.lane.run, batch: entry.lane.batch, records: entry.lane.records,
                lines: entry.lines, attempt: entry.lane.attempt, started: entry.lane.started, url: entry.url,
                body: body, shownRecords: shown, bodyBytes: entry.bodyBytes, result: entry.result)
            trace.isAbandoned = entry.isAbandoned
            return trace
        }
    }

    /// A body that was cut ends behind its last whole record.
    private static func text(_ entry: Entry) -> (String, records: Int) {
        guard entry.body.count < entry.bodyBytes else {
            return (String(decoding: entry.body, as: UTF8.self), entry.lane.records)
        }
        var text = String(decoding: entry.body, as: UTF8.self)
        guard let end = text.range(of: "},{", options: .backwards) else { return (text, 0) }
        text = text[..<end.lowerBound] + "}]}"
        return (text, text.split(separator: "},{").count)
    }
}

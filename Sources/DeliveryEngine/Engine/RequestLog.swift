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
        var flight: RequestInFlight
        var traces: [String]
        var lines: ClosedRange<Int>
        /// Of the API, and its host, which stands for an address that is none.
        var address: String
        var host: String
        var path: BannerPath
        /// Its beginning.
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
    static let maximumEntries = 500
    static let maximumBody = 4096

    /// Notes a request that is sent now. This is done once a batch: what a text takes time to make is made later.
    /// - Returns: its number.
    func sent(
        _ request: BannerRequest, _ flight: RequestInFlight, traces: [String] = [], address: String, host: String
    ) -> Int {
        let body = request.body
        let first = request.batch.line(at: request.records.lowerBound)
        let last = request.batch.line(at: request.records.upperBound - 1)
        return state.withLock { state in
            let id = state.next
            state.next += 1
            let place = id % Self.maximumEntries
            // The memory of the entry that gives way.
            var kept: [UInt8] = []
            if place < state.entries.count { swap(&kept, &state.entries[place].body) }
            kept.removeAll(keepingCapacity: true)
            body.withUnsafeReadableBytes { bytes in
                kept.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes.prefix(Self.maximumBody)))
            }
            let entry = Entry(
                id: id, flight: flight, traces: traces, lines: min(first, last)...max(first, last), address: address,
                host: host,
                path: request.path, body: kept, bodyBytes: body.readableBytes)
            if place < state.entries.count {
                state.entries[place] = entry
            } else {
                state.entries.append(entry)
            }
            return id
        }
    }

    /// Notes the answer to a request; `nil` when nobody waited for it.
    func answered(_ id: Int, _ answer: APIResponse?) {
        let result = answer.map { answer in
            RequestTrace.Result(
                label: answer.label, duration: answer.duration / .seconds(1), isApplied: answer.outcome == .applied,
                isOfLogin: answer.phase == .auth, cause: answer.cause, excerpt: answer.excerpt)
        }
        state.withLock { state in
            let place = id % Self.maximumEntries
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
                id: entry.id, run: entry.flight.run, batch: entry.flight.batch, records: entry.flight.records,
                lines: entry.lines, attempt: entry.flight.attempt, started: entry.flight.started, url: Self.url(entry),
                body: body, shownRecords: shown, bodyBytes: entry.bodyBytes, result: entry.result)
            trace.isAbandoned = entry.isAbandoned
            trace.traces = entry.traces
            return trace
        }
    }

    private static func url(_ entry: Entry) -> String {
        let address = entry.address.contains("://") ? entry.address : "http://\(entry.host)"
        return address + (entry.path == .bulk ? "/banners/show/bulk" : "/banners/show")
    }

    /// A body that was cut ends behind its last whole record.
    private static func text(_ entry: Entry) -> (String, records: Int) {
        guard entry.body.count < entry.bodyBytes else {
            return (String(decoding: entry.body, as: UTF8.self), entry.flight.records)
        }
        var text = String(decoding: entry.body, as: UTF8.self)
        guard let end = text.range(of: "},{", options: .backwards) else { return (text, 0) }
        text = text[..<end.lowerBound] + "}]}"
        return (text, text.split(separator: "},{").count)
    }
}

import CustomerRecords
import DeliveryModel
import Foundation
import NIOCore
import NIOHTTP1

/// `GET /metrics`: the engine's, the listener's and the process' figures.
struct MetricsRoute: Sendable {
    let engine: any SnapshotSource
    let totals: any DeliveryTotalsSource
    let statistics: ListenerStatistics
    let registry: ConnectionRegistry
    let limits: ListenerLimits
    let version: String

    func answer() async -> ListenerResponse {
        var text = PrometheusText()
        text.family("data_connector_info", .gauge, "What runs here; its value is always 1.")
        text.sample("data_connector_info", ["version": version], 1)
        let totals = await totals.totals()
        writeDelivery(totals, to: &text)
        if let nodes = totals.nodes { write(nodes, to: &text) }
        writePacing(engine.snapshot(), to: &text)
        writeListener(to: &text)
        writeProcess(.read(), to: &text)
        return ListenerResponse(.ok, type: PrometheusText.contentType, body: text.buffer)
    }

    private func writeDelivery(_ totals: DeliveryTotals, to text: inout PrometheusText) {
        let counts = totals.counts
        text.metric(
            "data_connector_records_read_total", .counter, "Records read; the sum of the records by state.",
            Double(counts.read))
        text.family("data_connector_records", .gauge, "Records by state.")
        for (state, count) in [
            ("rejected", counts.rejected), ("filtered", counts.filtered), ("sent", counts.sent),
            ("failed", counts.failed), ("pending", counts.pending),
        ] {
            text.sample("data_connector_records", ["state": state], count)
        }
        text.family("data_connector_invalid_records_total", .counter, "Rejected and filtered records by reason.")
        for (reason, count) in counts.reasons.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            text.sample("data_connector_invalid_records_total", ["reason": reason.rawValue], count)
        }
        text.metric(
            "data_connector_api_requests_total", .counter, "Requests to the ShowAds API.", Double(totals.requests))
        text.metric(
            "data_connector_api_retries_total", .counter, "Repeated requests to the ShowAds API.",
            Double(totals.retries))
        text.family("data_connector_api_answers_total", .counter, "Responses by status, and transport faults by name.")
        for (status, count) in totals.statuses.sorted(by: { $0.key < $1.key }) {
            text.sample("data_connector_api_answers_total", ["status": status], count)
        }
        text.metric(
            "data_connector_possible_duplicates_total", .counter, "Records that may have been applied twice.",
            Double(totals.possibleDuplicates))
        text.family("data_connector_runs", .gauge, "Runs by state.")
        for (state, count) in totals.runs.sorted(by: { $0.key < $1.key }) {
            text.sample("data_connector_runs", ["state": state], count)
        }
        text.metric(
            "data_connector_oldest_pending_age_seconds", .gauge,
            "Age of the oldest run that has not ended; 0 when there is none.",
            totals.oldestPending.map { max(0, Date().timeIntervalSince($0)) } ?? 0)
        if let free = totals.freeBytes {
            text.metric(
                "data_connector_disk_free_bytes", .gauge, "Free on the disk of the state directory.", Double(free))
        }
    }

    private func write(_ nodes: NodeFigures, to text: inout PrometheusText) {
        if let live = nodes.live, let silent = nodes.silent {
            text.family("data_connector_nodes", .gauge, "Nodes that share the journal, by state.")
            text.sample("data_connector_nodes", ["state": "live"], live)
            text.sample("data_connector_nodes", ["state": "silent"], silent)
        }
        text.metric(
            "data_connector_node_takeovers_total", .counter, "Nodes that this one took over from.",
            Double(nodes.takeovers))
        text.metric(
            "data_connector_node_fenced_commits_total", .counter,
            "Commits of this node that the journal refused, since others had taken over.", Double(nodes.fencedCommits))
        text.metric(
            "data_connector_node_held_seconds_total", .counter,
            "Seconds for which requests of this node waited for its lease.", nodes.heldSeconds)
    }

    private func writePacing(_ snapshot: EngineSnapshot, to text: inout PrometheusText) {
        text.metric(
            "data_connector_api_requests_in_flight", .gauge, "Requests without a response yet.",
            Double(snapshot.inFlight))
        text.metric(
            "data_connector_concurrency_limit", .gauge, "Concurrent requests that pacing allows.",
            Double(snapshot.concurrencyLimit))
        text.metric(
            "data_connector_concurrency_maximum", .gauge, "Concurrent requests that the operator allows.",
            Double(snapshot.concurrencyMaximum))
        if let rate = snapshot.requestRateLimit {
            text.metric("data_connector_request_rate_limit", .gauge, "Requests per second that pacing allows.", rate)
        }
        if let rate = snapshot.rateMaximum {
            text.metric(
                "data_connector_record_rate_maximum", .gauge, "Records per second that the operator allows.",
                Double(rate))
        }
        let breaker: Double
        switch snapshot.breaker {
        case .closed: breaker = 0
        case .probing: breaker = 1
        case .open: breaker = 2
        }
        text.metric("data_connector_breaker_state", .gauge, "0 closed, 1 probing, 2 open.", breaker)
        if let success = snapshot.lastSuccess {
            text.metric(
                "data_connector_api_last_success_timestamp_seconds", .gauge,
                "When the ShowAds API last responded with 2xx.",
                success.timeIntervalSince1970)
        }
        text.histogram(
            "data_connector_api_latency_seconds", "Time until the ShowAds API responded.",
            bounds: LatencyHistogram.bounds, [([], snapshot.latencies.buckets, snapshot.latencies.sum)])
    }

    private func writeListener(to text: inout PrometheusText) {
        let totals = statistics.read()
        text.family("data_connector_http_requests_total", .counter, "Requests to the listener by path and status.")
        for count in totals.routeCounts {
            text.sample(
                "data_connector_http_requests_total", ["path": count.path, "status": String(count.status)],
                count.count)
        }
        text.histogram(
            "data_connector_http_request_duration_seconds", "Time from a request's header to its response.",
            bounds: ListenerStatistics.bounds,
            totals.durations.sorted { $0.key.path < $1.key.path }.map { endpoint, durations in
                ([("path", endpoint.path)], durations.buckets, durations.sum)
            })
        let now = registry.counts
        text.metric("data_connector_http_connections", .gauge, "Open connections.", Double(now.open))
        text.family("data_connector_http_waiting", .gauge, "Clients that wait for the outcome of a submission.")
        text.sample("data_connector_http_waiting", ["for": "record"], now.waitingRecords)
        text.sample("data_connector_http_waiting", ["for": "file"], now.waitingFiles)
        text.metric(
            "data_connector_http_places", .gauge, "Requests that are being received and made durable.",
            Double(now.places))
        text.metric("data_connector_http_uploads", .gauge, "Uploads that are being received.", Double(now.uploads))
        text.metric(
            "data_connector_http_queued", .gauge, "Requests that wait for a working place.", Double(now.queued))
        text.family("data_connector_http_limit", .gauge, "What the listener accepts at the same time.")
        for (name, limit) in [
            ("connections", limits.openConnections), ("places", limits.places), ("uploads", limits.uploads),
            ("queued", limits.queue), ("waiting_records", limits.waitingRecords),
            ("waiting_files", limits.waitingFiles),
        ] { text.sample("data_connector_http_limit", ["of": name], limit) }
        text.family("data_connector_http_refused_total", .counter, "Connections that were refused, by reason.")
        for refusal in ConnectionRefusal.allCases {
            text.sample(
                "data_connector_http_refused_total", ["reason": refusal.label], totals.refused[refusal, default: 0])
        }
        text.metric(
            "data_connector_http_gave_way_total", .counter, "Idle connections that were closed for a new one.",
            Double(totals.gaveWay))
        text.family(
            "data_connector_http_invalid_records_total", .counter,
            "Single records that were rejected or filtered, by reason.")
        for code in ReasonCode.allCases {
            text.sample(
                "data_connector_http_invalid_records_total", ["reason": code.rawValue],
                totals.invalid[code, default: 0])
        }
        text.metric(
            "data_connector_http_uploaded_bytes_total", .counter, "Bytes of the uploads that were accepted.",
            Double(totals.uploadedBytes))
    }

    private func writeProcess(_ figures: ProcessFigures, to text: inout PrometheusText) {
        text.metric("process_cpu_seconds_total", .counter, "CPU time.", figures.cpuSeconds)
        if let bytes = figures.residentBytes {
            text.metric("process_resident_memory_bytes", .gauge, "Resident memory.", Double(bytes))
        }
        if let count = figures.openDescriptors {
            text.metric("process_open_fds", .gauge, "Open file descriptors.", Double(count))
        }
        if let maximum = figures.maximumDescriptors {
            text.metric("process_max_fds", .gauge, "File descriptors that may be open.", Double(maximum))
        }
        if let start = figures.startTime {
            text.metric("process_start_time_seconds", .gauge, "Start of the process since 1970.", start)
        }
    }
}

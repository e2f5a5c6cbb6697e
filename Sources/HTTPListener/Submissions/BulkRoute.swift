import CustomerRecords
import DeliveryModel
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// `POST /send_record/bulk`: takes a file of records.
struct BulkRoute: Sendable {
    let runs: any RunControl & RunLookup
    let defaults: @Sendable () -> ReaderOptions
    let limits: ListenerLimits
    let idempotency: IdempotentAnswers
    let receiver: UploadReceiver
    let registry: ConnectionRegistry
    let unknown: KnownNames.Unknown

    func answer(_ request: ListenerRequest, body: inout RequestBody) async throws -> ListenerResponse {
        try await answer(request, body: &body, kind: try Self.kind(of: request))
    }

    /// Takes many records in JSON.
    func answer(
        _ request: ListenerRequest, body: inout RequestBody, shape: RecordStream.Shape
    ) async throws -> ListenerResponse {
        try await answer(request, body: &body, kind: .records(shape))
    }

    private func answer(
        _ request: ListenerRequest, body: inout RequestBody, kind: Kind
    ) async throws -> ListenerResponse {
        try request.checkParameters(KnownNames(UploadParameters.names, unknown: unknown))
        guard body.isPresent else { throw kind.isCSV ? Refusal.noFile : .noRecords }
        if try request.isCompressed() { try body.readCompressed() }
        if case .encodedFields = kind { throw try await Self.refusal(of: &body) }
        if kind.isWhole {
            // What is wrong with the query or the media type need not wait for the file.
            _ = try parameters(kind, request).options(defaults(), isCSV: kind.isCSV)
        }
        let envelope = limits.partHeaderBytes * (limits.formFields + 2)
        if let announced = body.announcedBytes, announced > limits.uploadBytes + envelope {
            throw Refusal.fileTooLarge(limits)
        }
        let key = try request.idempotencyKey()

        try await registry.enter(request, as: .upload)
        let upload: ReceivedUpload
        switch kind {
        case .encodedFields: throw Refusal.noFile
        case .csv: upload = try await receiver.receiveCSV(&body, digesting: key != nil)
        case .records(let shape):
            upload = try await receiver.receiveRecords(&body, shape: shape, digesting: key != nil)
        case .form(let boundary):
            upload = try await receiver.receiveForm(&body, boundary: boundary, digesting: key != nil)
        }
        let ownership = SpoolOwnership(path: upload.path)
        do {
            let answer = try await answer(request, upload: upload, kind: kind, key: key, ownership: ownership)
            await ownership.settle(threads: receiver.threads)
            return answer
        } catch {
            await ownership.settle(threads: receiver.threads)
            throw error
        }
    }

    private func answer(
        _ request: ListenerRequest, upload: ReceivedUpload, kind: Kind, key: String?, ownership: SpoolOwnership
    ) async throws -> ListenerResponse {
        let parameters = try parameters(kind, request, upload)
        let options = try parameters.options(defaults(), isCSV: kind.isCSV)
        let inspection = try await inspect(upload, kind, options)
        let run = RunRequest(
            source: .spooled(path: upload.path, source: .upload(name: upload.name)), options: options,
            submittedBy: request.submitter)
        guard let key, let digest = upload.digest else {
            return try await deliver(run, request, inspection, ownership)
        }
        let work = IdempotentAnswers.Work(
            key: key, digest: digest.combined(with: "bulk\n\(parameters.identity)"), waitKind: .file,
            limit: limit(request),
            perform: { claim in
                var run = run
                run.claim = claim
                return try await deliver(run, request, inspection, ownership)
            },
            recall: { run, _ in try await outcome(of: run, request) },
            repeat: { stored in
                ListenerResponse(
                    HTTPResponseStatus(statusCode: stored.status), type: "application/json",
                    body: ByteBuffer(bytes: stored.body), run: stored.run
                ).located()
            })
        return try await idempotency.answer(work, connection: request.connection)
    }

    /// - Throws: `Refusal` with 400 when the media type of a file can't be read.
    private func parameters(
        _ kind: Kind, _ request: ListenerRequest, _ upload: ReceivedUpload? = nil
    ) throws(Refusal) -> UploadParameters {
        var type: HeaderParameters?
        if case .csv(let field) = kind { type = field }
        if let field = upload?.type {
            type = HeaderParameters(field)
            guard type != nil else { throw Refusal(.badRequest, "The Content-Type of the file is not valid.") }
        }
        return UploadParameters(
            form: upload?.fields ?? RequestParameters(), query: request.parameters, type: type)
    }

    private func inspect(
        _ upload: ReceivedUpload, _ kind: Kind, _ options: ReaderOptions
    ) async throws -> UploadInspection? {
        guard kind.isCSV else { return nil }
        return try await receiver.threads.runIfActive { [limits] in
            let inspection = try UploadInspection(path: upload.path, name: upload.name, limits: limits)
            try inspection.checkLines(options)
            return inspection
        }
    }

    private func limit(_ request: ListenerRequest) -> Duration {
        request.preference.limit(default: limits.fileOutcomeWait, longest: limits.longestWait)
    }

    private func deliver(
        _ runRequest: RunRequest, _ request: ListenerRequest, _ inspection: UploadInspection?,
        _ ownership: SpoolOwnership
    ) async throws -> ListenerResponse {
        let run: RunID
        do {
            run = try await runs.start(runRequest)
        } catch {
            throw Self.shown(error, of: runRequest, inspection)
        }
        ownership.handOver()
        return try await outcome(of: run, request)
    }

    /// For the client: where its file is kept is nobody's business.
    private static func shown(
        _ error: DeliveryError, of run: RunRequest, _ inspection: UploadInspection?
    ) -> DeliveryError {
        guard case .spooled(let path, let source) = run.source else { return error }
        var error = error
        error.message = error.message.replacingOccurrences(of: path, with: source.text)
        return inspection?.explaining(error) ?? error
    }

    /// Waits for the end of a run and tells what became of its records; if nobody can wait any longer, how they stand.
    private func outcome(of run: RunID, _ request: ListenerRequest) async throws -> ListenerResponse {
        let limit = limit(request)
        guard limit > .zero, registry.beginWaiting(request.connection.number, for: .file) else {
            return .pending(run).applying(request, limits)
        }
        var summary = try await request.connection.wait(atMost: limit) { try await runs.finished(run) }
        if summary == nil { summary = try await runs.run(run) }
        guard let summary else { return .pending(run).applying(request, limits) }
        return try FileOutcome(summary).answer().applying(request, limits)
    }

    private enum Kind {
        case csv(HeaderParameters)
        case records(RecordStream.Shape)
        case form(MultipartBoundary)
        /// Names and values, among which no file can be.
        case encodedFields

        /// Whether the body is nothing but the records.
        var isWhole: Bool {
            switch self {
            case .csv, .records: true
            case .form, .encodedFields: false
            }
        }

        var isCSV: Bool {
            if case .records = self { return false }
            return true
        }
    }

    /// Encoded fields hold no delimiter; what `curl -d` reads from a file does.
    private static func refusal(of body: inout RequestBody) async throws -> Refusal {
        let delimiters: [UInt8] = [0x2c, 0x3b, 0x09, 0x7c]
        let isFile = try await body.next()?.readableBytesView.contains { delimiters.contains($0) } ?? false
        return isFile ? .bodyIsForm : .noFile
    }

    private static func kind(of request: ListenerRequest) throws(Refusal) -> Kind {
        switch request.mediaType {
        case "text/csv"?, "application/csv"?, "application/vnd.ms-excel"?, "text/tab-separated-values"?:
            guard let type = request.head.headers.first(name: "content-type").flatMap(HeaderParameters.init) else {
                throw Refusal(.badRequest, "Content-Type is not valid.")
            }
            return .csv(type)
        case "multipart/form-data"?:
            guard let field = request.head.headers.first(name: "content-type"),
                let boundary = MultipartBoundary(contentType: field)
            else { throw Refusal(.badRequest, "The form's boundary is missing or not valid.") }
            return .form(boundary)
        case nil, "application/x-www-form-urlencoded"?: return .encodedFields
        default: throw .bodyNotCSV
        }
    }
}

/// Whose a file in the spool is: ours until a run takes it.
private final class SpoolOwnership: Sendable {
    private let path: String
    private let isHandedOver = Atomic(false)

    init(path: String) {
        self.path = path
    }

    func handOver() { isHandedOver.store(true, ordering: .relaxed) }

    /// Removes the file if it is still ours.
    func settle(threads: NIOThreadPool) async {
        if !isHandedOver.load(ordering: .relaxed) { await SpoolFile.remove(path, threads: threads) }
    }
}

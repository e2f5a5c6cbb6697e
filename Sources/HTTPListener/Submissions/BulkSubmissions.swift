import CustomerRecords
import DeliveryModel
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// `POST /send_record/bulk`: takes a file of records.
final class BulkSubmissions: Sendable {
    private let service: any DeliveryService
    private let defaults: @Sendable () -> SubmissionDefaults
    private let limits: ListenerLimits
    private let idempotency: IdempotentAnswers
    private let receiver: UploadReceiver
    private let registry: ConnectionRegistry
    private let uploads = Atomic(0)

    init(
        service: any DeliveryService, defaults: @escaping @Sendable () -> SubmissionDefaults, limits: ListenerLimits,
        idempotency: IdempotentAnswers, receiver: UploadReceiver, registry: ConnectionRegistry
    ) {
        self.service = service
        self.defaults = defaults
        self.limits = limits
        self.idempotency = idempotency
        self.receiver = receiver
        self.registry = registry
    }

    /// Uploads that are received or waited for.
    var activeUploads: Int { uploads.load(ordering: .relaxed) }

    func answer(_ request: SubmissionRequest, body: inout RequestBody) async throws -> Answer {
        let kind = try Self.kind(of: request)
        try request.checkEncoding()
        guard body.isPresent else { throw Refusal.noFile }
        let envelope = limits.partHeaderBytes * (limits.formFields + 2)
        if let announced = body.announcedBytes, announced > limits.uploadBytes + envelope {
            throw Refusal.fileTooLarge(limits)
        }
        let key = try request.idempotencyKey()

        let position = uploads.add(1, ordering: .relaxed).newValue
        defer { uploads.subtract(1, ordering: .relaxed) }
        guard position <= limits.uploads || registry.closeStalledUpload(now: .now()) else {
            throw Refusal.unavailable("\(limits.uploads) uploads are being worked on. Try again later.", retryAfter: 5)
        }
        registry.takesUploadPlace(request.connection.number)

        let upload: ReceivedUpload
        switch kind {
        case .csv: upload = try await receiver.receiveCSV(&body, digesting: key != nil)
        case .form(let boundary):
            upload = try await receiver.receiveForm(&body, boundary: boundary, digesting: key != nil)
        }
        let ownership = SpoolOwnership(path: upload.path)
        do {
            let answer = try await answer(request, upload: upload, key: key, ownership: ownership)
            await ownership.settle(threads: receiver.threads)
            return answer
        } catch {
            await ownership.settle(threads: receiver.threads)
            throw error
        }
    }

    private func answer(
        _ request: SubmissionRequest, upload: ReceivedUpload, key: String?, ownership: SpoolOwnership
    ) async throws -> Answer {
        let defaults = defaults()
        let minimum = try upload.minimumAge ?? request.target.parameter("min_age")
        let maximum = try upload.maximumAge ?? request.target.parameter("max_age")
        let filter = try defaults.filter.overridden(minimumText: minimum, maximumText: maximum)
        var options = defaults.options
        options.filter = filter
        let run = RunRequest(
            source: .spooled(path: upload.path, source: .upload(name: upload.name)), options: options,
            idempotencyKey: key)
        guard let key, let digest = upload.digest else { return try await deliver(run, request, ownership) }
        return try await idempotency.answer(
            key: key, digest: digest.combined(with: "bulk\n\(minimum ?? "")\n\(maximum ?? "")"),
            connection: request.connection,
            recall: { try await outcome(of: $0, request) },
            perform: { try await deliver(run, request, ownership) })
    }

    private func deliver(
        _ runRequest: RunRequest, _ request: SubmissionRequest, _ ownership: SpoolOwnership
    ) async throws -> Answer {
        let run = try await service.start(runRequest)
        ownership.handOver()
        return try await outcome(of: run, request)
    }

    private func outcome(of run: RunID, _ request: SubmissionRequest) async throws -> Answer {
        if request.prefersAsync { return .pending(run) }
        return try await RunAnswers.whenFinished(run, service: service, connection: request.connection)
    }

    private enum Kind {
        case csv
        case form(MultipartBoundary)
    }

    private static func kind(of request: SubmissionRequest) throws(Refusal) -> Kind {
        switch request.mediaType {
        case "text/csv"?, "application/csv"?:
            return .csv
        case "multipart/form-data"?:
            guard let field = request.head.headers.first(name: "content-type"),
                let boundary = MultipartBoundary(contentType: field)
            else { throw Refusal(.badRequest, "The form's boundary is missing or not valid.") }
            return .form(boundary)
        case nil, "application/x-www-form-urlencoded"?:
            throw .noFile
        default:
            throw .notCSV
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
